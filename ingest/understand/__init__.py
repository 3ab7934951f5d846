"""Raw texts become calls and rejects.

In come the columns of `formats/raw.py`, a block at a time; out go rows as the lake has them, redacted. What repeats is
understood once. Nothing here reads a file or writes one.
"""
