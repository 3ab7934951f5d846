"""The logs say nothing any more."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from analytics.alerts.fact import Fact, Found
from analytics.alerts.kinds.rule import Flag, RuleBase, Text
from analytics.errors import AnalyticsError
from analytics.numbers import counted

if TYPE_CHECKING:
    from analytics.alerts.asked import Asked

_ALL = "all logs"
_ENDED = ("declared", "handed_over")
_HOUR = dt.timedelta(hours=1)


class NoDataRule(RuleBase):
    """No call for some hours by the clock: of all logs together, of one, or of each."""

    kind: Literal["no_data"] = Field(description="`no_data`")
    hours: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        description="so many hours without a call; nights, weekends and the time until a log is loaded count"
    )
    stream: Text | None = Field(default=None, description="of this log, as `koppelzicht streams` names it")
    each_stream: Flag = Field(
        default=False,
        description="of each log that has not ended; without it and without `stream`, of all logs together",
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.stream is not None and self.each_stream:
            raise ValueError("expected stream or each_stream, not both")
        return self

    def found(self, asked: Asked) -> Found:
        """What is silent. A log that was declared to have ended, or whose customers call through another one, is no alarm."""
        rows = [row for row in asked.streams.iter_rows(named=True) if row["last_hour"] is not None]
        if self.stream is not None:
            chosen = [row for row in rows if row["stream"] == self.stream]
            if not chosen:
                known = ", ".join(row["stream"] for row in rows) or "none, for nothing is loaded"
                raise AnalyticsError(f"there is no stream {self.stream!r}; known: {known:.500}")
            return self._silent([row for row in chosen if row["ended"] not in _ENDED], asked)
        if self.each_stream:
            return self._silent([row for row in rows if row["ended"] not in _ENDED], asked)
        if not rows:
            return Found(facts=(), undecided={_ALL})
        return self._silent([{"stream": _ALL, "last_hour": max(row["last_hour"] for row in rows)}], asked)

    def _silent(self, rows: list[dict[str, Any]], asked: Asked) -> Found:
        facts = []
        for row in rows:
            until = row["last_hour"] + _HOUR  # its last call was made in this hour, and so before that
            if asked.now - until >= self.hours * _HOUR:
                facts.append(
                    Fact(
                        key=row["stream"],
                        family=row["stream"],
                        title=f"No data for {counted(self.hours, 'hour')}: {row['stream']}",
                        lines=(f"no call since {asked.local(until)}",),
                        row={"stream": row["stream"], "no_call_since": until, "hours": self.hours},
                    )
                )
        return Found(facts=facts)
