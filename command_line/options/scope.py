"""The scope options: which calls an answer is about. The same on every command that shows figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.composing import composed

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.scope import Scope

OPTIONS: dict[str, tuple[str, str]] = {
    "since": ("DATE", "First day, included: 2026-10-01"),
    "until": ("DATE", "Day after the last one, not included: 2026-11-01"),
    "environment": ("NAME", "production (the default), test, accept, training or all."),
    "product": ("NAME", "Only this product: profit or sb."),
    "partner": ("NUMBER", "Only this partner: 12345"),
    "integration": ("ID", "Only this integration: 12345_678900"),
    "customer": ("NAME", "Only this customer: 54321, or beers/enyoi in SB."),
    "connector": ("NAME", "Only this connector: KnSubject"),
    "stream": ("NAME", "Only this stream (log)."),
}


def scope_of(**parts: str | None) -> Scope:
    """The scope that these options say. Wrong usage names the option and what was expected."""
    from analytics.errors import ScopeError
    from analytics.scope import Scope

    for name, text in parts.items():
        try:
            Scope.parse({name: text})
        except ScopeError as error:
            raise typer.BadParameter(str(error).removeprefix(f"{name}: "), param_hint=f"'--{name}'") from None
    try:
        return Scope.parse(parts)
    except ScopeError as error:  # each is right, and they do not go together
        raise typer.BadParameter(str(error), param_hint="'--since' / '--until'") from None


def scoped_but(*left_out: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As `scoped`, without these options: the command takes what they name as its arguments."""
    return composed(
        "scope",
        {
            name: (Annotated[str | None, typer.Option(f"--{name}", metavar=metavar, help=meaning)], None)
            for name, (metavar, meaning) in OPTIONS.items()
            if name not in left_out
        },
        scope_of,
    )


scoped = scoped_but()
"""The command with the scope options where it has a parameter `scope: Scope`."""
