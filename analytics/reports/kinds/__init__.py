"""The reports, a file or a folder each, which imports none of the others; `analytics/reports/kind.py` says what lies in one."""
