"""HAR: what an HTTP client or a browser recorded."""

from ingest.known_format import KnownFormat

FORMAT = KnownFormat(
    name="har",
    title="HAR",
    place=50,
    made_by="Har",
    is_document=True,
    about="what a browser or an HTTP client recorded; an entry is a call",
    who="the request's headers",
)
