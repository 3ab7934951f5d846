"""Steps of the metric `probable_owners`: who is probably behind calls without a valid id, by which evidence.

Their weights were fitted, and what they are worth was measured, by `python -m bench.owners` (docs/explanation/detection.md).
"""
