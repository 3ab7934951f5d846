"""Bytes become blocks of whole lines.

In come paths, folders and standard input; out go blocks of lines with their places in the source, decompressed and decoded.
Nothing here knows a log format, and nothing is written.
"""
