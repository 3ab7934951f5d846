"""The scope options: which calls an answer is about. The same on every command that shows figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.composing import composed

if TYPE_CHECKING:
    from analytics import Scope

OPTIONS: dict[str, tuple[str, str]] = {
    "since": ("DATE", "First day: 2026-10-01"),
    "until": ("DATE", "The day after the last one: 2026-11-01"),
    "environment": ("NAME", "production (the default), test, accept, training or all."),
    "product": ("NAME", "profit or sb."),
    "partner": ("NUMBER", "A partner: 12345"),
    "integration": ("ID", "An integration: 12345_678900"),
    "customer": ("NAME", "A customer: 54321, or beers/enyoi in SB."),
    "connector": ("NAME", "A connector: KnSubject"),
    "stream": ("NAME", "Calls from one stream."),
}


def scope_of(**parts: str | None) -> Scope:
    """The scope that these options say. Wrong usage names the option and what was expected."""
    from analytics import Scope, ScopeError

    for name, text in parts.items():
        try:
            Scope.parse({name: text})
        except ScopeError as error:
            raise typer.BadParameter(str(error).removeprefix(f"{name}: "), param_hint=f"'--{name}'") from None
    try:
        return Scope.parse(parts)
    except ScopeError as error:  # each is right, and they do not go together
        raise typer.BadParameter(str(error), param_hint="'--since' / '--until'") from None


scoped = composed(
    "scope",
    {
        name: (Annotated[str | None, typer.Option(f"--{name}", metavar=metavar, help=meaning)], None)
        for name, (metavar, meaning) in OPTIONS.items()
    },
    scope_of,
)
"""The command with the scope options where it has a parameter `scope: Scope`."""
