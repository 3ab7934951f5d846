"""JSON lines: one object a line, with the field names of a dialect.

standard.py    what the standard says of a line
keys.py        which keys the objects of a block have
rearranged.py  objects whose fields do not stand where paths can find them
headers.py     headers in one value
host_field.py  the field that holds the host, by another name
left_out.py    logs that leave out headers that were not sent
format.py      objects                    ->  the fields of `raw`
"""

from ingest.known_format import KnownFormat

FORMAT = KnownFormat(
    name="json",
    title="JSON lines",
    place=10,
    made_by="JsonLines",
    takes="dialect",
    about="JSON lines",
    who="`timestamp`, `method`, `url`, `headers` (or `integration_id`), `status`, `duration_ms`, `request_bytes`, `response_bytes`, `user_agent`, `request_id`, `body`",
)
