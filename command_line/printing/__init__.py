"""What is said: rows and records in, text on standard output and standard error out.

    output.py          an answer, in the form that was asked for
    for_people.py      as a table or as fields; for_programs.py: as JSON, CSV or Parquet
    rows.py            what is printed; values.py: how a value looks; arrow_values.py: the values of an Arrow table
    standard.py        standard output and standard error; progress.py: how far a load is
    nothing_found.py   why an answer is empty

Nothing here knows a command or an option.
"""
