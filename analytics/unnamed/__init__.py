"""Calls and the registry in, who has no name yet out: as rows, and as lists to fill in.

It writes the lists to the folder that it is given, and never over a file that is there.
"""
