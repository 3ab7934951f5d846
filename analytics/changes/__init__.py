"""Release notes or a user's own list in, changes out.

    release_notes.py    reads a file as changes
    markdown.py         reads the vendor's release notes; severity.py: the severity of a change, by its headings or its own text
    csv_list.py         reads a user's own list
    cells.py            reads a cell of either: connectors, paths, operations, a field
    change.py           one change, and the rule by which two rows are the same one
    endpoints.py        the endpoints of its paths, as calls have them
    official.py         the vendor's list of connectors

It reads the given text and the vendor's list of connectors. It knows no calls: `impact` says whom a change affects.
"""
