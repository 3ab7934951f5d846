"""The errors of analytics. Their texts are for the person who asked."""


class AnalyticsError(Exception):
    """Base of every error of this floor. Its text says what is wrong, with which value, what was expected, and what to do."""


class ScopeError(AnalyticsError):
    """A scope is not valid. The text names every bad part, its value, and what was expected."""


class UnknownNameError(AnalyticsError):
    """No metric or question has this name. The text lists those that exist."""


class SqlError(AnalyticsError):
    """A user's query is wrong, or was refused. The text is the engine's explanation."""


class SqlLimitError(SqlError):
    """A query needed more time, memory or rows than its limits allow."""
