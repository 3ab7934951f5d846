"""Cards: a figure, its unit, and the comparison with the period before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.text.wording import Words, plain, say, shown

_LESS_IS_BETTER = {"errors", "error_rate"}
_NEITHER = {"calls"}


@dataclass(frozen=True)
class Number:
    """A figure, and the same figure of the period before; None if there is nothing to compare with."""

    value: float | None
    before: float | None = None

    @property
    def difference(self) -> float | None:
        """The difference to the period before."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def change(self) -> float | None:
        """The difference to the period before, as a fraction of that figure."""
        return None if self.difference is None or not self.before else self.difference / self.before


def four() -> Any:
    """Return a container for four cards: in one row, or on a narrow page in two."""
    return st.grid(4, min_column_width=235, gap="small")


def compared(name: str, figure: Number, *, border: bool = False) -> None:
    """Show a figure, compared with that of the period before if there is one."""
    difference = figure.difference
    st.metric(
        say(f"column.{name}"),
        shown(figure.value),
        _signed(name, figure),
        delta_color="inverse" if name in _LESS_IS_BETTER else "off" if name in _NEITHER else "normal",
        delta_description=None if difference is None else say("card.before", before=Words(shown(figure.before))),
        help=say(f"column_help.{name}"),
        border=border,
        height="stretch" if border else "content",
    )


def single(name: str, value: object, *, note: str | None = None) -> None:
    """Show a figure without a comparison, in a card of its own."""
    st.metric(
        say(f"card.{name}"),
        shown(value),
        note,
        delta_color="off",
        delta_arrow="off",
        help=say(f"card_help.{name}"),
        border=True,
        height="stretch",
    )


def _signed(name: str, figure: Number) -> str | int | None:
    """Return the difference with its sign: points for a rate, a percentage for calls, otherwise the number; 0 if there is none."""
    if figure.difference is None:
        return None
    if name.endswith("_rate"):
        points = f"{100 * figure.difference:+.1f}"
        return 0 if float(points) == 0 else plain("card.points", points=points)
    if name == "calls" and figure.change is not None:
        return 0 if figure.change == 0 else f"{figure.change:+.1%}"
    return 0 if figure.difference == 0 else f"{figure.difference:+,.0f}"
