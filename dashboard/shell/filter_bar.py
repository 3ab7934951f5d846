"""The filter bar: the same on every page, and its whole state is in the link.

`settle` makes the link say all that is selected, `show` draws the bar, a change in it goes into the link. What of a link
cannot be understood is left out, and the page says so.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics.scope import Scope
from dashboard.shell import data
from dashboard.shell.link import PERIODS, Misread, Period, Selection, read, written
from dashboard.text.wording import Words, has, plain, say, span, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

SEARCH = "search"
"""What a table is searched for."""
OWN = (
    SEARCH,
    "operation",
    "field",
    "token_form",
    "api_protocol",
    "api_version",
    "day",
    "month",
    "notes",
    "window",
    "required",
)
"""The parameters of a link that are a page's own, and narrow nothing elsewhere."""
ONE_DAY = dt.timedelta(days=1)
_WIDTHS = {"environment": 150, "partner": 200, "integration": 230}
_BEHIND_A_BUTTON = ("product", "connector", "customer", "stream")
_NARROWINGS = (*_WIDTHS, *_BEHIND_A_BUTTON)
_SHOWN_LENGTH = 60
_MISREAD, _NEXT, _HERE = "filter_bar.misread", "filter_bar.next", "filter_bar.here"


def current() -> tuple[Selection, tuple[Misread, ...]]:
    """Return what the reader looks at, and what of the link cannot be understood.

    The link alone says it: were anything remembered beside it, a link would show something else on the way back.
    """
    return read({name: value for name, value in _link().items() if name not in OWN})


def go(selection: Selection) -> None:
    """Look at something else: the link changes, and with it the page."""
    _change({**written(selection), **_owned()})


def reset() -> None:
    """Look at everything again: the last 30 days of production."""
    _change({})


def search(text: str) -> None:
    """Search for something: the link says so."""
    say_own(SEARCH, text)


def own(name: str) -> str | None:
    """Return what the link says of a page's own parameter."""
    return _link().get(name, "").strip() or None


def say_own(name: str, value: str | None) -> None:
    """Make the link say a page's own parameter; None or blank takes it away."""
    rest = {key: there for key, there in _link().items() if key != name}
    _change({**rest, name: value.strip()} if value is not None and value.strip() else rest)


def narrow(**changes: object) -> None:
    """Look at something narrower (None lifts a narrowing), for a click in a page."""
    go(current()[0].narrowed(**changes))


def settle(covered: Period | None, *, here: str) -> Selection:
    """Return what is selected, with its days (given since and until of all data), and make the link say all of it.

    A link to another page says all of it already and is not said again: Streamlit would enter the new filters on the page
    that is left (`here` is the open one's address), and then the page. After a link to the page that is open it has to be
    said, for there Streamlit's address is the old one.
    """
    selection, misread = current()
    if covered is not None and selection.period is None:
        selection = replace(selection, scope=selection.over(covered))
    link = {**written(selection), **_owned()}
    st.session_state.pop(_NEXT, None)
    st.session_state[_MISREAD] = misread  # for the page to say it: from here on the link says only what is understood
    was_here = st.session_state.get(_HERE) == here
    st.session_state[_HERE] = here
    if was_here or link != st.query_params.to_dict():
        st.query_params.from_dict(link)
    return selection


def show(
    lake: data.OpenLake, covered: Period, *, unused: Sequence[str] = (), why: str = "", about: str | None = None
) -> data.View:
    """Draw the bar and return what to show: without the filters that the page cannot use, which it says.

    `about` is the filter that the page has in its title, or asks for in a form of its own: it is not said again.
    """
    scope = lake.warehouse.known_now(current()[0].over(covered))
    say_misread(st.session_state[_MISREAD])
    options = data.filter_options(lake, scope)
    used = scope.replace(**dict.fromkeys(unused))
    _draw(scope, covered, options, unused, about)
    _note(lake, used)
    _say_narrowings([name for name in narrowings(scope) if name not in {*unused, about}], scope, options)
    say_unused(lake, [name for name in narrowings(scope) if name in unused], why=why)
    return data.View(lake, used)


def narrowings(scope: Scope) -> list[str]:
    """Return which filters narrow a scope to less than all production calls of its days."""
    return [name for name in _NARROWINGS if getattr(scope, name) != getattr(Scope(), name)]


def say_unused(lake: data.OpenLake, names: Sequence[str], *, why: str) -> None:
    """Say which filters that are set the page `why` does not apply, and why; offer to take them away."""
    row = st.container(key="unused", horizontal=True, gap="small", vertical_alignment="center")  # see _say_narrowings
    if not names:
        return
    scope = current()[0].scope
    filters = Words(", ".join(_named(name, scope, data.filter_options(lake, scope)) for name in names))
    with row:
        st.markdown(say("filter.unused", filters=filters, why=say(f"{why}.unused")), width="content")
        st.button(
            say("filter.lift_unused"),
            icon=":material/close:",
            key="filter.lift_unused",
            on_click=partial(narrow, **dict.fromkeys(names)),
        )


def offer(kind: str, names: Sequence[str]) -> None:
    """Draw a button for each of these values, which puts it in the place of the filter or parameter `kind`."""
    with st.container(key=f"offer_{kind}", horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(say("unknown.offer"), width="content")
        for name in names:
            chosen = partial(say_own, kind, name) if kind in OWN else partial(narrow, **{kind: name})
            st.button(verbatim(name), key=f"offer.{kind}.{name}", on_click=chosen)


def _say_narrowings(names: Sequence[str], scope: Scope, options: data.FilterOptions) -> None:
    """Say what narrows the answer, each with the way out of it.

    The row is there also with nothing in it: all below would move up, and while a page runs show twice, old and new.
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
                on_click=partial(narrow, **{name: None}),
            )


def _link() -> dict[str, str]:
    """Return the parameters of the link: those that a click has just chosen, else those in the address."""
    chosen: dict[str, str] | None = st.session_state.get(_NEXT)
    return st.query_params.to_dict() if chosen is None else chosen


def _change(link: dict[str, str]) -> None:
    """Look at another link from the next run on, which `settle` begins.

    Streamlit enters every change of its address in the reader's history, also one of a single parameter. So a click changes
    nothing there by itself: what it asks for is completed first, and then it is one entry.
    """
    st.session_state[_NEXT] = link


def _owned() -> dict[str, str]:
    return {name: value for name, value in _link().items() if name in OWN}


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
        st.button(say("filter.reset"), icon=":material/restart_alt:", type="tertiary", on_click=reset)


def _select(name: str, scope: Scope, options: data.FilterOptions, *, disabled: bool, width: int | None = None) -> None:
    """One selectbox. Nothing selected means not narrowed; what the link says can always be shown."""
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
    """Return what to call a value: its own words, its name in the registry, or itself."""
    key = f"{name}.{value}"
    return plain(key) if has(key) else options.names(name).get(value) or str(value)


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
    selection, _ = current()
    go(Selection(selection.scope.replace(since=since, until=until)))


def in_words(scope: Scope) -> Words:
    """Return all that a scope narrows to."""
    days, environment = Words(span(*_dates(scope))), say(f"environment.{scope.environment}")
    named = [
        say("filter.note_part", field=say(f"filter.{name}"), value=str(value))
        for name in ("partner", "integration", *_BEHIND_A_BUTTON)
        if (value := getattr(scope, name)) is not None
    ]
    return Words(", ".join([days, environment, *named]))


def _named(name: str, scope: Scope, options: data.FilterOptions) -> Words:
    """Return one filter and its value."""
    value = _name_of(name, getattr(scope, name), options=options)
    return say("filter.note_part", field=say(f"filter.{name}"), value=value)


def _note(lake: data.OpenLake, scope: Scope) -> None:
    """Say what the page covers, and how far the data reach."""
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
