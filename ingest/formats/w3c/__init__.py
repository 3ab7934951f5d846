"""W3C extended log format: IIS, and the products that write it their own way.

format.py      the directives in force, line by line
columns.py     what the columns are called, and what they say
user_names.py  user names with blanks
fields.py      values by position         ->  the fields of `raw` (lines.sql, days.sql)
"""

from ingest.known_format import KnownFormat

FORMAT = KnownFormat(
    name="w3c",
    title="W3C",
    place=20,
    made_by="W3c",
    about="IIS (also its Advanced Logging) and other W3C extended logs, such as those of CloudFront, NetScaler and Tomcat",
    who="`#Fields:` with `cs(IntegrationId)` and `cs-host` or `cs(Host)`",
)
