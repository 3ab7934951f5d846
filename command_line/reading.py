"""The options that say how sources are read. The same on every command that reads logs."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, get_type_hints

from command_line.options import Dialect, Final, Host, Layout, LogFormat, Stream, TimeZone, read_options

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS: dict[str, tuple[Any, object]] = {
    "log_format": (LogFormat, None),
    "layout": (Layout, None),
    "dialect": (Dialect, None),
    "stream": (Stream, None),
    "host": (Host, None),
    "time_zone": (TimeZone, None),
    "final": (Final, False),
}


def reads(*, has_end: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The command with these options in the place of its parameter `options: ReadOptions`.

    `has_end` says whether there is an end that --final can speak of.
    """
    names = [name for name in _OPTIONS if has_end or name != "final"]

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(command, localns={"ReadOptions": object}, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command).parameters.values():
            if parameter.name == "options":
                parameters += map(_parameter, names)
            else:
                parameters.append(parameter.replace(annotation=hints[parameter.name]))

        @functools.wraps(command)
        def with_options(**given: Any) -> None:
            said = {name: given.pop(name, default) for name, (_, default) in _OPTIONS.items()}
            command(**given, options=read_options(**said))

        with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer looks at it
        return with_options

    return decorated


def _parameter(name: str) -> inspect.Parameter:
    annotation, default = _OPTIONS[name]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
