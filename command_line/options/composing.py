"""Options that several commands share, as one parameter of the command.

    @scoped
    @prints_rows
    def practices(*, lake: LakeOption = DEFAULT_LAKE, scope: Scope, chosen: Format) -> None: ...

The options take the place of the parameter, and the command gets their combined meaning.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeAlias, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Command: TypeAlias = "Callable[..., None]"
Options: TypeAlias = "Mapping[str, tuple[Any, object]]"
"""By name: how typer is told of the option, and its default."""

_KINDS = dict.fromkeys(("Scope", "ReadOptions", "Format"), object)
"""The types of such parameters, which only a type checker knows."""


def composed(parameter: str, options: Options, meaning: Callable[..., object]) -> Callable[[Command], Command]:
    """A decorator: the command with these options in the place of this parameter, whose value is their meaning."""

    def decorated(command: Command) -> Command:
        hints = get_type_hints(command, localns=_KINDS, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for own in inspect.signature(command).parameters.values():
            if own.name == parameter:
                parameters += [
                    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
                    for name, (annotation, default) in options.items()
                ]
            else:
                parameters.append(own.replace(annotation=hints[own.name]))

        @functools.wraps(command)
        def with_options(**given: Any) -> None:
            said = {name: given.pop(name) for name in options}
            command(**given, **{parameter: meaning(**said)})

        with_options.__annotations__ = {own.name: own.annotation for own in parameters}
        with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer looks at it
        return with_options

    return decorated
