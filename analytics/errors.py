"""What can go wrong while asking the lake, in words for the person who asked."""


class AnalyticsError(Exception):
    """Base of every error of this floor: says what, the value, what was expected and what to do."""


class ScopeError(AnalyticsError):
    """A scope that cannot be: names every bad part, what was got and what was expected."""


class UnknownNameError(AnalyticsError):
    """No metric or question of that name; lists those that exist."""


class SqlError(AnalyticsError):
    """A query that somebody wrote is refused or wrong; carries the engine's explanation."""


class SqlLimitError(SqlError):
    """A query needed more time, memory or rows than it was given."""
