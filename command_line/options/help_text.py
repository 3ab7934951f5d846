"""The help of a command, in words for people. Typer's words for types and limits are for programmers.

PATH <list[str]>        PATH
[1<=x<=65535]           [1 to 65535]
[x>=1; required]        [at least 1; required]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPE = re.compile(r" <[\w\[\], |.]+>$")
_LIMITS = (
    (re.compile(r"\b([\d.]+)<=x<=([\d.]+)"), r"\1 to \2"),
    (re.compile(r"\bx>=([\d.]+)"), r"at least \1"),
    (re.compile(r"\bx<=([\d.]+)"), r"at most \1"),
)


class Command(TyperCommand):
    """A command whose help names no types and says limits in words."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the options."""
        for kind, title in (("argument", "Arguments"), ("option", "Options")):
            told = list(records(self, ctx, kind))
            if told:
                with formatter.section(title):
                    formatter.write_dl(told)


def records(command: Any, ctx: Any, kind: str) -> Iterator[tuple[str, str]]:
    """Every argument or option of a command, as `kind` says, with its meaning."""
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx) if parameter.param_type_name == kind else None
        if record is not None:
            name, meaning = record
            for limit, words in _LIMITS:
                meaning = limit.sub(words, meaning)
            yield _TYPE.sub("", name), meaning
