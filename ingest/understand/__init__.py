"""Raw texts become calls and rejects.

In come the columns of `formats/raw.py`, a block at a time; out go rows as the lake has them, redacted. What repeats is
understood once. Nothing here reads a file or writes one.

    understanding.py     the steps, in their order; vocabulary.py: what repeats is understood once
    understood.sql       what becomes a call; beside_fields.py, envelopes.sql: what else stands beside the fields
    second_look.py       times and numbers that are not written as usual
    rejected.py, *.sql   why a line is no call, and what of it can be kept; torn.py: whether a last line may go on
    carried.py           what one block leaves to the next, where that was read before it was known
    provenance.py        which load and line a row is of; counts.py: what became of the lines
"""
