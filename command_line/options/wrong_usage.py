"""The errors in a typed command, in words for the person who typed it."""

from __future__ import annotations

import difflib
import itertools
import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationError


class Commands(TyperGroup):
    """A group of commands that explains wrong values and options better than typer does."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever it refuses, in our words."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from pydantic import ValidationError

            if isinstance(error.__cause__, ValidationError):
                error.message = _in_words(error.__cause__)
            raise
        except typer.TyperException as error:
            hint = _is_an_argument(error)
            if hint is None:
                raise
            raise hint from None


def empty_value(arguments: Sequence[str]) -> str | None:
    """The message if an argument is empty, as with an unset variable in a script. None if no argument is."""
    for before, argument in itertools.pairwise(["koppelzicht", *arguments]):
        if not argument.strip():
            return f"koppelzicht: the argument after {before!r} is empty; is a variable not set?"
        option, equals, value = argument.partition("=")
        if option.startswith("--") and equals and not value.strip():
            return f"koppelzicht: {option} is empty; is a variable not set?"
    return None


def _in_words(error: ValidationError) -> str:
    """What typer's checks say, in words: pydantic's are for programmers."""
    first = error.errors(include_url=False)[0]
    got, context = first["input"], first.get("ctx", {})
    match first["type"]:
        case "int_parsing" | "int_type":
            return f"{got!r} is not a whole number"
        case "float_parsing" | "float_type":
            return f"{got!r} is not a number"
        case "less_than_equal":
            return f"{got} is too large; {context['le']} at most"
        case "greater_than_equal":
            return f"{got} is too small; {context['ge']} at least"
        case _:
            return first["msg"].removeprefix("Value error, ").rstrip(".")


def _is_an_argument(error: typer.TyperException) -> typer.BadParameter | None:
    """The argument to type instead of an option of that name. None if the command has no such argument."""
    option, ctx = getattr(error, "option_name", None), getattr(error, "ctx", None)
    if option is None or ctx is None:
        return None
    for parameter in ctx.command.params:
        if parameter.param_type_name == "argument" and option.lstrip("-") in {
            parameter.name,
            parameter.metavar and parameter.metavar.lower(),
        }:
            return typer.BadParameter(
                f"write it without the name of an option: {ctx.command_path} {parameter.metavar or parameter.name}",
                ctx=ctx,
                param_hint=f"'{option}'",
            )
    return None


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """That there is none of this name, and which one may be meant."""
    close = difflib.get_close_matches(name, known, n=2)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"
    return f"there is no {kind} {name!r}; {hint}"


def check_standard_input(*, is_read: bool) -> None:
    """Wrong usage where standard input is read and there is none."""
    if is_read and sys.stdin is None:
        raise typer.BadParameter("standard input is closed, so there is nothing to read")
