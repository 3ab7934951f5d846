"""The words: every text that a reader of the dashboard sees, and how a value looks in one. It knows no other room, and no Streamlit."""
