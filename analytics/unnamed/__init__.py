"""Calls and the registry in; out come the partners, integrations and customers without a name, as rows and as lists to fill in.

It writes the lists to the given folder, and never overwrites a file.
"""
