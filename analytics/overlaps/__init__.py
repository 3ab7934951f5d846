"""Calls of a period in, the streams that report the same traffic out."""
