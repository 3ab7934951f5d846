"""Access logs of Apache and nginx, by the layout that their configuration names.

text.py       the configuration's text   ->  the format string in it
variables.py  what each variable says, and what its values look like
layout.py     a format string            ->  a pattern with one group for each value
shapes.py     lines without a layout     ->  the common layout that they have
format.py     lines                      ->  the fields of `raw` (lines.sql)
"""

from ingest.known_format import KnownFormat

FORMAT = KnownFormat(
    name="combined",
    title="Combined",
    place=30,
    made_by="Combined",
    takes="layout",
    about="Apache and nginx access logs, and IIS's own format (`in*.log`)",
    who="`--layout`",
)
