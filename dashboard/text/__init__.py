"""The words that pages share, those of a section beside them, and how a value looks in one. It knows no other room, and no Streamlit."""
