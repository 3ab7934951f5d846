"""The error of a report that cannot be written, in words for the person who asked for it."""

from analytics.errors import AnalyticsError


class ReportError(AnalyticsError):
    """There is nothing to report on, or nowhere to write it."""
