"""All integrations (`page.py`), and one of them (`one_page.py`)."""
