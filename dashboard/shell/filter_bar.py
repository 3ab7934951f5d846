"""The filter bar: the same on every page, with its whole state in the link.

`show` draws the bar. A change in it goes into the link (`place.py`), and the next page run draws the bar from the link. No widget
has a state of its own: each one gets its value from the link before it is drawn. Otherwise the way back, a bookmark or a link in a
mail could show one filter in the bar and the figures of another.

A part of a link that cannot be understood is left out, and the page says so. A filter that a page cannot use is said as well, because
a reader who has set it would take the figures for narrowed ones.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.scope import Scope
from dashboard.shell import data, place
from dashboard.shell.link import PERIODS, Misread, Period, Selection
from dashboard.text.wording import Words, has, plain, say, span, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

ONE_DAY = dt.timedelta(days=1)
_WIDTHS = {"environment": 150, "partner": 200, "integration": 230}
_BEHIND_A_BUTTON = ("product", "connector", "customer", "stream")
_NARROWINGS = (*_WIDTHS, *_BEHIND_A_BUTTON)
_SHOWN_LENGTH = 60


def show(
    lake: data.OpenLake, covered: Period, *, unused: Sequence[str] = (), why: str = "", about: str | None = None
) -> data.View:
    """Draw the bar and return the view without the filters that the page cannot use, which it says.

    `about` is the filter that the page shows in its title, or asks for in a form of its own. The bar does not repeat it.
    """
    scope = lake.warehouse.known_now(place.current()[0].over(covered))
    say_misread(place.misread())
    options = data.filter_options(lake, scope)
    used = scope.replace(**dict.fromkeys(unused))
    _draw(scope, covered, options, unused, about)
    _note(lake, used)
    _say_narrowings([name for name in narrowings(scope) if name not in {*unused, about}], scope, options)
    say_unused(lake, [name for name in narrowings(scope) if name in unused], why=why)
    return data.View(lake, used)


def narrowings(scope: Scope) -> list[str]:
    """Return the filters that narrow a scope to fewer than all production calls of its days."""
    return [name for name in _NARROWINGS if getattr(scope, name) != getattr(Scope(), name)]


def say_unused(lake: data.OpenLake, names: Sequence[str], *, why: str) -> None:
    """Say which of the set filters the page `why` does not apply, and why. Offer to remove them."""
    row = st.container(key="unused", horizontal=True, gap="small", vertical_alignment="center")  # see _say_narrowings
    if not names:
        return
    scope = place.current()[0].scope
    filters = Words(", ".join(_named(name, scope, data.filter_options(lake, scope)) for name in names))
    with row:
        st.markdown(say("filter.unused", filters=filters, why=say(f"{why}.unused")), width="content")
        st.button(
            say("filter.lift_unused"),
            icon=":material/close:",
            key="filter.lift_unused",
            on_click=partial(place.narrow, **dict.fromkeys(names)),
        )


def offer(kind: str, names: Sequence[str]) -> None:
    """Draw a button for each of these values, which sets the filter or parameter `kind` to it."""
    with st.container(key=f"offer_{kind}", horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(say("unknown.offer"), width="content")
        for name in names:
            chosen = (
                partial(place.set_parameter, kind, name) if kind in place.OWN else partial(place.narrow, **{kind: name})
            )
            st.button(verbatim(name), key=f"offer.{kind}.{name}", on_click=chosen)


def _say_narrowings(names: Sequence[str], scope: Scope, options: data.FilterOptions) -> None:
    """Say which filters narrow the answer, each with a button that removes it.

    The row is drawn even if it is empty. Without it, all elements below would change their places, and Streamlit would show them
    twice while a page runs, old and new.
    """
    row = st.container(key="narrowed", horizontal=True, gap="xsmall", vertical_alignment="center")
    if not names:
        return
    with row:
        st.markdown(say("filter.narrowed"), width="content")
        for name in names:
            st.button(
                _named(name, scope, options),
                icon=":material/close:",
                key=f"filter.lift.{name}",
                help=say("filter.lift"),
                on_click=partial(place.narrow, **{name: None}),
            )


def say_misread(misread: tuple[Misread, ...]) -> None:
    """Say which parts of the link could not be understood."""
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


def _draw(scope: Scope, covered: Period, options: data.FilterOptions, unused: Sequence[str], about: str | None) -> None:
    with st.container(key="filter_bar", horizontal=True, gap="xsmall", vertical_alignment="center"):
        _period(scope, covered)
        for name, width in _WIDTHS.items():
            _select(name, scope, options, disabled=name in unused, width=width)
        hidden = sum(name in _BEHIND_A_BUTTON and name not in {*unused, about} for name in narrowings(scope))
        with st.popover(
            say("filter.more_count", count=hidden) if hidden else say("filter.more"),
            icon=":material/tune:",
        ):
            for name in _BEHIND_A_BUTTON:
                _select(name, scope, options, disabled=name in unused)
        st.button(say("filter.reset"), icon=":material/restart_alt:", type="tertiary", on_click=place.reset)


def _select(name: str, scope: Scope, options: data.FilterOptions, *, disabled: bool, width: int | None = None) -> None:
    """Draw one selectbox. Nothing selected means no filter. A value of the link is always shown, also if it is not offered."""
    key = f"filter.{name}"
    value, values = getattr(scope, name), list(options.names(name))
    st.session_state[key] = value
    is_optional = has(f"filter.all.{name}")
    st.selectbox(
        say(f"filter.{name}"),
        values if value is None or value in values else [value, *values],
        key=key,
        index=None if is_optional else 0,
        placeholder=plain(f"filter.all.{name}") if is_optional else None,
        format_func=partial(_name_of, name, options=options),
        on_change=partial(_selected, name),
        label_visibility="collapsed" if width else "visible",
        width=width or "stretch",
        disabled=disabled,
    )


def _name_of(name: str, value: object, *, options: data.FilterOptions) -> str:
    """Return the name of a value: its text, its name in the registry, or the value itself."""
    key = f"{name}.{value}"
    return plain(key) if has(key) else options.names(name).get(value) or str(value)


def _selected(name: str) -> None:
    selection, _ = place.current()
    changes: dict[str, object] = {name: st.session_state[f"filter.{name}"]}
    integration = selection.scope.integration
    if (
        name == "partner"
        and changes[name] is not None
        and integration
        and not integration.startswith(f"{changes[name]}_")
    ):
        changes["integration"] = None
    place.narrow(**changes)


def _period(scope: Scope, covered: Period) -> None:
    since, until = _dates(scope)
    label = span(since, until)
    with st.popover(label, icon=":material/calendar_month:", help=say("filter.period_help")):
        st.session_state["filter.period"] = next(
            (name for name in PERIODS if _dates(Selection(period=name).over(covered)) == (since, until)), None
        )
        st.pills(
            say("filter.period"),
            list(PERIODS),
            key="filter.period",
            format_func=lambda name: plain(f"filter.period_name.{name}"),
            on_change=partial(_period_selected, covered),
        )
        st.session_state["filter.first_day"], st.session_state["filter.last_day"] = since, until - ONE_DAY
        bounds: dict[str, Any] = {
            "min_value": min(since, covered[0]),
            "max_value": max(until, covered[1]) - ONE_DAY,
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
        _look_at(min(first, last), max(first, last) + ONE_DAY)


def _look_at(since: dt.date, until: dt.date) -> None:
    selection, _ = place.current()
    place.go(Selection(selection.scope.replace(since=since, until=until)))


def in_words(scope: Scope) -> Words:
    """Return everything that a scope narrows to, in words."""
    days, environment = Words(span(*_dates(scope))), say(f"environment.{scope.environment}")
    named = [
        say("filter.note_part", field=say(f"filter.{name}"), value=str(value))
        for name in ("partner", "integration", *_BEHIND_A_BUTTON)
        if (value := getattr(scope, name)) is not None
    ]
    return Words(", ".join([days, environment, *named]))


def _named(name: str, scope: Scope, options: data.FilterOptions) -> Words:
    """Return one filter and its value, in words."""
    value = _name_of(name, getattr(scope, name), options=options)
    return say("filter.note_part", field=say(f"filter.{name}"), value=value)


def _note(lake: data.OpenLake, scope: Scope) -> None:
    """Say which period the page covers, and how far the data reach."""
    since, until = _dates(scope)
    st.caption(
        " · ".join(
            [
                say("filter.note", period=Words(span(since, until)), days=(until - since).days),
                say(f"environment.{scope.environment}"),
                say("filter.data_until", until=lake.data_until, zone=Words(lake.time_zone.key)),
            ]
        )
    )


def _dates(scope: Scope) -> Period:
    if scope.since is None or scope.until is None:
        raise ValueError(f"{scope!r} has no dates yet")
    return scope.since, scope.until
