"""Release notes or a list of one's own in, changes out.

    release_notes.py    the Markdown or CSV of what is going to change
    endpoints.py        where the paths in it lead, as calls have them

It reads the text that it is given and the vendor's list of connectors. It knows no calls: whom a change concerns is `impact`.
"""
