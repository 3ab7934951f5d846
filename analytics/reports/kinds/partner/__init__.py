"""One month of one partner, for that partner to read."""

from analytics.reports.kind import Kind

KIND = Kind(
    help="Write the report of one partner for one month.",
    about="partner",
    about_help="Subscription number of the partner: 12345",
)
