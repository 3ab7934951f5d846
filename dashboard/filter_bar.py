"""The filter bar: the same on every page, and its whole state is plain text in the link.

    ?since=2026-10-01&until=2026-11-01&environment=production&partner=1234
    ?period=30d                            a period that moves along with the data

`read` understands a link, `link` writes one, `show` draws the bar. Dates are half-open, as at the command line. What a
link says that cannot be understood is left out, and the page says so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.errors import ScopeError
from analytics.scope import Scope
from dashboard import data
from dashboard.wording import Words, has, plain, say, span

if TYPE_CHECKING:
    from collections.abc import Mapping

PERIODS: dict[str, int | None] = {"7d": 7, "30d": 30, "90d": 90, "all": None}
"""Periods that end where the data end, in days; None is all of it."""
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
"""Dates beyond these are typing errors: no log is older, and arithmetic with them leaves the calendar."""
SEARCH = "search"
"""The one parameter of a link that is a page's own: what a table is searched for."""
_SHOWN_LENGTH = 60
_SELECTION, _MISREAD, _NEXT = "filter_bar.selection", "filter_bar.misread", "filter_bar.next"

Period = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Selection:
    """What a link selects. `period` is a period that moves along; then the scope has no dates."""

    scope: Scope = field(default_factory=Scope)
    period: str | None = None

    def over(self, covered: Period) -> Scope:
        """Return the scope with both dates, given since and until of all data."""
        since, until = self.scope.since, self.scope.until
        if since is not None:
            return self.scope.replace(until=until or max(covered[1], _back(since, -1)))
        if until is not None:
            return self.scope.replace(since=min(covered[0], _back(until, 1)))
        days = PERIODS[self.period or "30d"]
        return self.scope.replace(since=covered[0] if days is None else _back(covered[1], days), until=covered[1])


@dataclass(frozen=True)
class Misread:
    """A part of a link that says nothing: its name and its value."""

    name: str
    value: str


def read(params: Mapping[str, str]) -> tuple[Selection, tuple[Misread, ...]]:
    """Return what a link's parameters select, and what of them could not be understood. Never raises.

    >>> read({"environment": "accept", "partner": "abc"})
    (Selection(scope=Scope(environment='accept'), period=None), (Misread(name='partner', value='abc'),))
    """
    given = {name: value.strip() for name, value in params.items() if value.strip()}
    period = given.pop("period", None)
    misread = [Misread(name, value) for name, value in given.items() if not _understood({name: value})]
    for part in misread:
        del given[part.name]
    if not _understood(given):  # each part is right, together they are not: the period ends before it begins
        misread += [Misread(name, given.pop(name)) for name in ("since", "until")]
    if period is not None and (period not in PERIODS or "since" in given or "until" in given):
        misread.append(Misread("period", period))
        period = None
    return Selection(Scope.parse(given), period), tuple(misread)


def link(selection: Selection) -> dict[str, str]:
    """Return the parameters of the link that selects this: all of it, in one order."""
    values: dict[str, object] = {"period": selection.period, **selection.scope.model_dump()}
    return {name: str(value) for name, value in values.items() if value is not None}


def current() -> tuple[Selection, tuple[Misread, ...]]:
    """Return what the reader looks at: what the link says, else what was selected on the page before."""
    params = st.query_params.to_dict()
    params.pop(SEARCH, None)
    if params:
        return read(params)
    return st.session_state.get(_SELECTION, Selection()), ()


def go(selection: Selection) -> None:
    """Look at something else: the link changes, and with it the page."""
    st.session_state[_SELECTION] = selection
    _write(selection)


def reset() -> None:
    """Look at everything again: the last 30 days of production."""
    st.query_params.pop(SEARCH, None)
    go(Selection())


def search(text: str) -> None:
    """Search for something: the link says so."""
    if text.strip():
        st.query_params[SEARCH] = text.strip()
    else:
        st.query_params.pop(SEARCH, None)


def narrow(**changes: object) -> None:
    """Look at something narrower (None lifts a narrowing), for a click in a page."""
    selection, _ = current()
    go(replace(selection, scope=selection.scope.replace(**changes)))


def without(selection: Selection, *names: str) -> Selection:
    """Return the selection with some narrowings lifted; a name that narrows nothing is left aside."""
    lifted = dict.fromkeys(name for name in names if name in Scope.model_fields)
    return replace(selection, scope=selection.scope.replace(**lifted))


def narrow_next(**changes: object) -> None:
    """Narrow when the next page begins: so that its address is in the reader's history first, without this."""
    st.session_state[_NEXT] = changes


def settle(covered: Period | None) -> Selection:
    """Return what is selected, with its days (given since and until of all data), and make the link say all of it."""
    selection, misread = current()
    changes = st.session_state.pop(_NEXT, None)
    if changes:
        selection = replace(selection, scope=selection.scope.replace(**changes))
    if covered is not None and selection.period is None:
        selection = replace(selection, scope=selection.over(covered))
    st.session_state[_SELECTION], st.session_state[_MISREAD] = selection, misread
    _write(selection)
    return selection


def show(lake: data.OpenLake, covered: Period) -> data.View:
    """Draw the bar and return what to show."""
    scope = st.session_state[_SELECTION].over(covered)
    _say_misread(st.session_state[_MISREAD])
    _draw(lake, scope, covered)
    return data.View(lake, scope)


def _write(selection: Selection) -> None:
    """Make the link say this; what a table is searched for stays.

    Said again where nothing changed: after a link to the page that is open already, Streamlit's address is the old one.
    """
    searched = {name: value for name, value in st.query_params.to_dict().items() if name == SEARCH}
    st.query_params.from_dict({**link(selection), **searched})


def _say_misread(misread: tuple[Misread, ...]) -> None:
    if not misread:
        return
    lines = [
        say(
            "filter.misread_line",
            name=part.name[:_SHOWN_LENGTH],
            value=part.value[:_SHOWN_LENGTH],
            expected=say(f"filter.expected.{part.name}")
            if has(f"filter.expected.{part.name}")
            else say("filter.unknown"),
        )
        for part in misread
    ]
    st.warning("\n".join(lines), title=say("filter.misread_title"), icon=":material/link_off:")


def _draw(lake: data.OpenLake, scope: Scope, covered: Period) -> None:
    options = data.filter_options(lake, scope)
    with st.container(key="filter_bar", horizontal=True, gap="xsmall", vertical_alignment="center"):
        _period(scope, covered)
        _select("environment", scope, list(options.environments), placeholder=None, width=150)
        _select("partner", scope, list(options.partners), names=options.partners, width=200)
        _select("integration", scope, list(options.integrations), names=options.integrations, width=230)
        hidden = sum(getattr(scope, name) is not None for name in ("product", "connector", "customer", "stream"))
        with st.popover(
            say("filter.more_count", count=hidden) if hidden else say("filter.more"),
            icon=":material/tune:",
        ):
            _select("product", scope, list(options.products))
            _select("connector", scope, list(options.connectors))
            _select("customer", scope, list(options.customers), names=options.customers)
            _select("stream", scope, list(options.streams))
        st.button(say("filter.reset"), icon=":material/restart_alt:", type="tertiary", on_click=reset)
    _note(lake, scope)


def _select(
    name: str,
    scope: Scope,
    values: list[Any],
    *,
    names: Mapping[Any, str] | None = None,
    placeholder: str | None = "",
    width: int | None = None,
) -> None:
    """One selectbox. Nothing selected means not narrowed; what the link says can always be shown."""
    key = f"filter.{name}"
    value = getattr(scope, name)
    st.session_state[key] = value
    st.selectbox(
        say(f"filter.{name}"),
        values if value is None or value in values else [value, *values],
        key=key,
        index=None if placeholder is not None else 0,
        placeholder=plain(f"filter.all.{name}") if placeholder is not None else None,
        format_func=lambda option: (names or {}).get(option) or _name_of(name, option),
        on_change=partial(_selected, name),
        label_visibility="collapsed" if width else "visible",
        width=width or "stretch",
    )


def _name_of(field: str, value: object) -> str:
    key = f"{field}.{value}"
    return plain(key) if has(key) else str(value)


def _selected(name: str) -> None:
    selection, _ = current()
    changes: dict[str, object] = {name: st.session_state[f"filter.{name}"]}
    integration = selection.scope.integration
    if (
        name == "partner"
        and changes[name] is not None
        and integration
        and not integration.startswith(f"{changes[name]}_")
    ):
        changes["integration"] = None
    narrow(**changes)


def _period(scope: Scope, covered: Period) -> None:
    since, until = _dates(scope)
    label = span(since, until)
    with st.popover(label, icon=":material/calendar_month:", help=say("filter.period_help")):
        st.session_state["filter.period"] = next(
            (name for name in PERIODS if Selection(period=name).over(covered) == Scope(since=since, until=until)), None
        )
        st.pills(
            say("filter.period"),
            list(PERIODS),
            key="filter.period",
            format_func=lambda name: plain(f"filter.period_name.{name}"),
            on_change=partial(_period_selected, covered),
        )
        st.session_state["filter.first_day"], st.session_state["filter.last_day"] = since, _back(until, 1)
        bounds: dict[str, Any] = {
            "min_value": min(since, covered[0]),
            "max_value": _back(max(until, covered[1]), 1),
            "format": "YYYY-MM-DD",
        }
        first, last = st.columns(2)
        first.date_input(say("filter.first_day"), key="filter.first_day", on_change=_days_selected, **bounds)
        last.date_input(say("filter.last_day"), key="filter.last_day", on_change=_days_selected, **bounds)


def _period_selected(covered: Period) -> None:
    name = st.session_state["filter.period"]
    if name is not None:
        since, until = _dates(Selection(period=name).over(covered))
        _look_at(since, until)


def _days_selected() -> None:
    first, last = st.session_state["filter.first_day"], st.session_state["filter.last_day"]
    if first is not None and last is not None:
        _look_at(min(first, last), _back(max(first, last), -1))


def _look_at(since: dt.date, until: dt.date) -> None:
    selection, _ = current()
    go(Selection(selection.scope.replace(since=since, until=until)))


def _note(lake: data.OpenLake, scope: Scope) -> None:
    """Say what the page covers, and how far the data reach."""
    since, until = _dates(scope)
    hidden = [
        say("filter.note_part", field=say(f"filter.{name}"), value=value)
        for name in ("product", "connector", "customer", "stream")
        if (value := getattr(scope, name)) is not None
    ]
    st.caption(
        " · ".join(
            [
                say("filter.note", period=Words(span(since, until)), days=(until - since).days),
                say(f"environment.{scope.environment}"),
                *hidden,
                say("filter.data_until", until=lake.data_until, zone=Words(lake.time_zone.key)),
            ]
        )
    )


def _dates(scope: Scope) -> Period:
    if scope.since is None or scope.until is None:
        raise ValueError(f"{scope!r} has no dates yet")
    return scope.since, scope.until


def _back(day: dt.date, days: int) -> dt.date:
    return day - dt.timedelta(days=days)


def _understood(given: Mapping[str, str]) -> bool:
    try:
        scope = Scope.parse(given)
    except ScopeError:
        return False
    return all(day is None or FIRST_DAY <= day <= LAST_DAY for day in (scope.since, scope.until))
