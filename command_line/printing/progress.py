"""The progress of a load, on a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from command_line.printing.standard import console
from command_line.printing.values import shown

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.progress import Progress


class LoadProgress:
    """A bar with bytes, lines per second and time left, on a terminal; nothing elsewhere."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()

    def start(self, total_bytes: int | None) -> None:
        """Begin; None where it is not known how much there is to read."""
        if not sys.stderr.isatty():
            return
        from rich import progress
        from rich.table import Column
        from rich.text import Text

        class LinesPerSecond(progress.ProgressColumn):
            def render(self, task: progress.Task) -> Text:
                rate = task.fields["lines"] / task.elapsed if task.elapsed else 0
                return Text(f"{rate:>9,.0f} lines/s")

        self._progress = progress.Progress(
            progress.BarColumn(bar_width=24),
            progress.DownloadColumn(table_column=Column(no_wrap=True)),
            LinesPerSecond(table_column=Column(no_wrap=True)),
            progress.TimeRemainingColumn(table_column=Column(no_wrap=True)),
            progress.TextColumn(
                "{task.fields[source]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
            ),
            console=console(sys.stderr),
            transient=True,
        )
        self._task = self._progress.add_task("load", total=total_bytes, lines=0, source="")
        self._progress.start()

    def advance(self, source: str, bytes_read: int, lines: int) -> None:
        """Add bytes and lines of this source."""
        if self._progress is not None:
            lines += self._progress.tasks[0].fields["lines"]
            self._progress.update(self._task, advance=bytes_read, lines=lines, source=shown(Path(source).name))

    def finish(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
