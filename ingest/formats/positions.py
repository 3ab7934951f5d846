"""Values by position: the place of each column in a line. CSV and W3C share this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.catalogue.platform_host import holds_callers_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import duckdb


class ColumnPlaces:
    """Where each column stands in a line, from 1, and which of them are asked for."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._numbers: dict[str, list[int]] = {}
        for number, column in enumerate(columns, start=1):
            self._numbers.setdefault(column, []).append(number)
        self._asked: dict[str, list[int]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def all_in(self, name: str) -> list[str]:
        """The SQL of what stands in the columns of this name; positions are our own numbers, no text of the log."""
        return [f"part[{number}]" for number in self._numbers.get(name, ())]

    def without_callers_words(self, *, but: Collection[str] = ()) -> list[str]:
        """The SQL of what stands in the columns in which no caller mentions hosts, these apart."""
        names = [name for name in self if name not in but and not holds_callers_words(name)]
        return [value for name in names for value in self.all_in(name)]

    def values(self, *names: str) -> list[str]:
        """The same of columns that say something about the call: where two have one name they have to agree."""
        self._asked.update((name, self._numbers[name]) for name in names if name in self)
        return [value for name in names for value in self.all_in(name)]

    def differing(self, connection: duckdb.DuckDBPyConnection, empty: Sequence[str]) -> str:
        """The SQL of the name of a column that was asked for and says different things in several places; null where none does.

        `empty` are the values that say nothing.
        """
        repeated = {name: numbers for name, numbers in self._asked.items() if len(numbers) > 1}
        if not repeated:
            return "null"
        connection.execute("set variable repeated_columns = ?::varchar[]", [list(repeated)])
        connection.execute("set variable empty_columns = ?::varchar[]", [list(empty)])
        cases = [
            f"when len(list_distinct(list_filter([{', '.join(f'part[{number}]' for number in numbers)}],"
            " lambda value: not list_contains(getvariable('empty_columns'), value)))) > 1"
            f" then getvariable('repeated_columns')[{place}]"
            for place, numbers in enumerate(repeated.values(), start=1)
        ]
        return f"(case {' '.join(cases)} end)"
