"""A user's SQL in, its rows out, every value exact.

    sandbox.py      starts a process for each query, bounds it and reads its answer
    worker.py       runs in that process: an engine without files, without network, and without the rows of others
    exact.py        carries values that Arrow or Polars would change on the way

A worker has nothing but the pipes to the process that started it.
"""
