"""SQL that somebody else wrote in, its rows out, every value whole.

    sandbox.py      starts a process for each query, bounds it and reads its answer
    worker.py       what runs in that process: an engine without files, network and other people's rows
    exact.py        values that Arrow or Polars would change on the way

A worker touches nothing but the pipe to the process that started it.
"""
