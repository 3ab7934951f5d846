"""One month of everybody, for those who run the platform."""

from analytics.reports.kind import Kind

KIND = Kind(help="Write the report of one month over all partners.")
