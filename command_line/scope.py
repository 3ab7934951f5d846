"""The scope options: which calls an answer is about. The same on every command that shows figures."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

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


def scoped(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the scope options where it has a parameter `scope: Scope`."""
    hints = get_type_hints(command, localns={"Scope": object}, include_extras=True)
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name == "scope":
            parameters += map(_parameter, OPTIONS)
        else:
            parameters.append(parameter.replace(annotation=hints[parameter.name]))

    @functools.wraps(command)
    def with_scope(**given: Any) -> None:
        parts = {name: given.pop(name) for name in OPTIONS}
        command(**given, scope=scope_of(parts))

    with_scope.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    with_scope.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer looks at it
    return with_scope


def scope_of(parts: dict[str, str | None]) -> Scope:
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


def _parameter(name: str) -> inspect.Parameter:
    metavar, meaning = OPTIONS[name]
    option = typer.Option(f"--{name}", metavar=metavar, help=meaning)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, option]
    )
