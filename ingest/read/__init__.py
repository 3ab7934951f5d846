"""Bytes become blocks of whole lines.

In come paths, folders and standard input; out go blocks of lines with their places in the source, decompressed and decoded.
Nothing here knows a log format, and nothing is written.

    source.py        opens a path; folder.py: which files of a folder are logs; names.py: what a source and its stream are called
    compression.py   unpacks, and stops bombs; encoding.py: UTF-16 becomes UTF-8
    blocks.py        cuts the bytes at line ends; reader.py: one source that is being read, by blocks
    lines.py         each line of a block, with its place; records.py: batches of records in one line
    fingerprint.py   the hash by which a source is recognised
"""
