"""Other engines on the same calls: a plain DuckDB table, and a MergeTree table of embedded ClickHouse.

engines.py      the tables, and how each is asked
questions.py    what all can answer, and when two answers are the same
comparing.py    ours and one peer by turns, on the disk one peer at a time
duckdb/, clickhouse/    one statement for each question, as one would write it for that engine
"""
