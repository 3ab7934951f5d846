"""The reports, a folder each, which imports none of the others; `analytics/reports/kind.py` says what lies in one."""
