"""The DuckDB engine that understands single values: its macros, and the platform's catalogue as tables.

In come texts; out goes what they say: an id, an endpoint, an instant, a number, a text that may be kept. Formats and the
understanding of lines ask it, and so does the verification of a lake. It reads the catalogue and its own `.sql` files, nothing else.

    connection.py               the engines of a process, and what is said of a source before its lines are read
    fields/, request_url/       macros: times, numbers and headers; what a URL asks for
    integration_id.sql          what an IntegrationId is worth; outcome.sql: what a status means
    detector/, redact/          whether a text tells a secret or a person, and what is kept of each column; plain_text.py: decoding
    integration_id.py, request_url.py, stored_names.py, kept_words.py    the same from Python, for values that stand in no log
"""
