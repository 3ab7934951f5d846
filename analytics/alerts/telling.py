"""Which events a channel has to be told of, and what it knows afterwards.

    the event       was told nothing    failed, trying    opened       closing      done
    lasts           opened              opened            -            opened       opened
    is over         -                   recovered         recovered    recovered    -
    happened once   occurred            occurred          -            -            -

What began and was over before anybody was told, as in quiet hours, is not told. If a channel was tried and did not take it, it is:
somebody else may know of it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from analytics.alerts.state import Event, RuleState, State, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analytics.alerts.kinds import Rule
    from analytics.alerts.rules import Rules

Change: TypeAlias = Literal["opened", "recovered", "occurred"]


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing to tell one channel."""

    rule: Rule
    event: Event
    change: Change
    channel: str

    @property
    def may_be_repeated(self) -> bool:
        """Whether the channel may have been told already, by a process that did not live to see the answer."""
        was_told = self.event.told.get(self.channel)
        return was_told == "trying" or (was_told == "closing" and self.change == "recovered")


def news_of(rules: Rules, state: State) -> list[News]:
    """Everything that some channel has to be told of."""
    return [
        News(rule=rule, event=event, change=change, channel=channel)
        for rule in rules.rules
        if rule.name in state.rules
        for event in state.rules[rule.name].events
        for channel in rules.channels_of(rule)
        if (change := _due(event, channel, rule)) is not None
    ]


def told(state: State, news: Iterable[News], what: Literal["trying", "failed", "sent"]) -> State:
    """The state after these channels were told, or were not."""
    words: dict[tuple[str, str], dict[str, Told]] = {}
    for one in news:
        word = _word(one, what)
        words.setdefault((one.rule.name, one.event.id), {})[one.channel] = word
    rules = {
        name: of_rule.model_copy(
            update={
                "events": tuple(
                    event.model_copy(update={"told": event.told | words.get((name, event.id), {})})
                    for event in of_rule.events
                )
            }
        )
        for name, of_rule in state.rules.items()
    }
    return State(rules=rules)


def _word(one: News, what: Literal["trying", "failed", "sent"]) -> Told:
    """What a channel knows of an event after an attempt. An attempt that surely failed changes nothing that was known before."""
    before = one.event.told.get(one.channel)
    match what:
        case "trying":
            return "closing" if one.change == "recovered" and before in ("opened", "closing") else "trying"
        case "failed":
            return before or "failed"
        case "sent":
            return "opened" if one.change == "opened" else "done"


def tidied(rules: Rules, state: State) -> State:
    """The state without rules that are gone, and without events that nobody has to be told of any more."""
    return State(
        rules={
            rule.name: _tidied(state.rules[rule.name], rule, rules.channels_of(rule))
            for rule in rules.rules
            if rule.name in state.rules
        }
    )


def _tidied(of_rule: RuleState, rule: Rule, channels: Sequence[str]) -> RuleState:
    kept = [
        event
        for event in of_rule.events
        if (not event.is_once and event.recovered_at is None) or any(_due(event, name, rule) for name in channels)
    ]
    return of_rule.model_copy(update={"events": tuple(kept)})


def _due(event: Event, channel: str, rule: Rule) -> Change | None:
    was_told = event.told.get(channel)
    if event.is_once:
        return None if was_told == "done" else "occurred"
    if event.recovered_at is None:
        return None if was_told == "opened" else "opened"
    return "recovered" if rule.recovery and was_told not in (None, "done") else None
