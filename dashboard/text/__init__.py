"""The words of the dashboard, and the form of values in them. It knows no other room, and no Streamlit."""
