"""All connectors (`page.py`), and one of them (`one_page.py`)."""
