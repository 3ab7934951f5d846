"""The options that say how sources are read. The same on every command that reads logs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_line.options.composing import composed
from command_line.options.shared import Dialect, Final, Host, Layout, LogFormat, Stream, TimeZone, read_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_line.options.composing import Command, Options

_OPTIONS: Options = {
    "log_format": (LogFormat, None),
    "layout": (Layout, None),
    "dialect": (Dialect, None),
    "stream": (Stream, None),
    "host": (Host, None),
    "time_zone": (TimeZone, None),
}


reads_again = composed(
    "reading",
    {name: option for name, option in _OPTIONS.items() if name != "stream"},
    dict,
)
"""The command with what may be said of sources that are read again, as a parameter `reading: dict[str, str | None]`."""


def reads(*, has_end: bool) -> Callable[[Command], Command]:
    """The command with these options in the place of its parameter `options: ReadOptions`.

    `has_end` says whether there is an end that --final can speak of.
    """
    if has_end:
        return composed("options", {**_OPTIONS, "final": (Final, False)}, read_options)
    return composed("options", _OPTIONS, partial(read_options, final=False))
