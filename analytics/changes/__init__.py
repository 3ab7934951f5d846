"""Release notes or a list of one's own in, changes out.

    release_notes.py    a file as changes
    markdown.py         the vendor's release notes; severity.py: how severe a change is, by the headings above it or by itself
    csv_list.py         a list of one's own
    cells.py            what a cell of either says: connectors, paths, operations, a field
    change.py           one change, and when two rows say the same one
    endpoints.py        where the paths in it lead, as calls have them
    official.py         the vendor's list of connectors

It reads the text that it is given and the vendor's list of connectors. It knows no calls: whom a change concerns is `impact`.
"""
