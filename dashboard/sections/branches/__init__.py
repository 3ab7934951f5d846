"""In which branches an integration is used."""
