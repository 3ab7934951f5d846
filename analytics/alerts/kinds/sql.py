"""A query of the operator's own returns rows."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from analytics.alerts.fact import Fact, Found
from analytics.alerts.kinds.rule import RuleBase, Text
from analytics.errors import SqlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from analytics.alerts.asked import Asked

MOST_ROWS: Final = 1000
_SECONDS, _RESULT_BYTES = 60, 1024**2
_MOST_COLUMNS, _MOST_SHOWN = 20, 200


class SqlRule(RuleBase):
    """Read-only SQL, as `koppelzicht sql` runs it. Each row is an event; it is over when the query no longer returns it."""

    kind: Literal["sql"] = Field(description="`sql`")
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)] = Field(
        description="the query; at most 60 seconds, 1,000 rows and 1 MB"
    )
    key: Annotated[tuple[Text, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="the columns that tell events apart; all if left out, and then a figure that changes makes another event",
    )

    def found(self, asked: Asked) -> Found:
        """The rows of the query. SqlError if it is wrong, exceeds a limit or lacks a column of the key."""
        from analytics.sandbox.sandbox import SqlLimits, run_sql

        limits = SqlLimits(seconds=_SECONDS, rows=MOST_ROWS, result_bytes=_RESULT_BYTES)
        table = run_sql(asked.lake, self.query, limits=limits)
        names: list[str] = table.schema.names
        lacking = [name for name in self.key or () if name not in names]
        if lacking:
            raise SqlError(f"key: {', '.join(lacking)}: no such column; the query has {', '.join(names)}")
        # Two columns may have one name, so rows are lists of values.
        rows = zip(*(_values(table, place) for place in range(len(names))), strict=True)
        places = [names.index(name) for name in self.key] if self.key else range(len(names))
        facts = {fact.key: fact for fact in (self._fact(names, row, places) for row in rows)}
        return Found(facts=list(facts.values()))

    def _fact(self, names: Sequence[str], row: Sequence[Any], places: Sequence[int]) -> Fact:
        key = json.dumps([row[place] for place in places], default=str)
        shown = [f"{name}: {_shown(value)}" for name, value in zip(names, row, strict=True)]
        more = [f"and {len(shown) - _MOST_COLUMNS} more columns"] if len(shown) > _MOST_COLUMNS else []
        hashed = hashlib.sha256(key.encode()).hexdigest()[:32]
        return Fact(
            key=hashed,
            family=hashed,
            title=f"{self.name}: {', '.join(_shown(row[place]) for place in places[:5])}",
            lines=(*shown[:_MOST_COLUMNS], *more),
            row=dict(zip(names, row, strict=True)),
        )


def _values(table: pa.Table, place: int) -> list[object]:
    """The values of a column: numbers, texts and yes or no as they are, and everything else as text, as the engine writes it.

    Python has no value for an instant of the year 200000, or for a nanosecond.
    """
    import duckdb
    import pyarrow as pa
    import pyarrow.types as kind

    column = table.column(place)
    is_plain = (kind.is_boolean, kind.is_integer, kind.is_floating, kind.is_string, kind.is_large_string, kind.is_null)
    if not any(is_kind(column.type) for is_kind in is_plain):
        try:
            if kind.is_decimal256(column.type):  # the engine does not read so many digits
                column = column.cast(pa.string())
            else:
                with duckdb.connect() as engine:
                    engine.execute("set timezone = 'UTC'")
                    value = engine.from_arrow(table.select([place]).rename_columns(["value"]))
                    column = value.select("cast(value as varchar)").to_arrow_table().column(0)
        except (duckdb.Error, pa.ArrowException):
            raise SqlError(f"{table.schema.names[place]}: such values cannot be told; cast them to varchar") from None
    return list(column.to_pylist())


def _shown(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
