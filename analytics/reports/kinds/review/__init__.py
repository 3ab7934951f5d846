"""The go-live review of one integration over one month, to look at together with its partner."""

from analytics.reports.kind import Kind

KIND = Kind(
    help="Write the go-live review of one integration for one month.",
    about="integration",
    about_help="The integration: 12345_678900",
)
