"""What is news, and who is told: each line of the two tables, on facts made by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analytics.alerts.deciding import decided
from analytics.alerts.fact import Fact, Found
from analytics.alerts.rules import Rules
from analytics.alerts.state import RuleState, State
from analytics.alerts.telling import news_of, tidied, told

NOON = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)
RULES = Rules.model_validate(
    {
        "name": "test",
        "channels": {name: {"type": "json", "url_env": "HOOK"} for name in ("a", "b")},
        "rules": [{"name": "own", "kind": "sql", "query": "select 1"}],
    }
)


def fact(key: str, ended_at: dt.datetime | None = None, family: str | None = None) -> Fact:
    return Fact(key=key, family=family or key, title=f"title of {key}", lines=(), row={}, ended_at=ended_at)


class Told:
    """The rule from one look to the next. Its channels take everything, but for those that are away."""

    def __init__(self) -> None:
        self.state = State()
        self.now = NOON

    def look(self, *facts: Fact, away: str = "", definition: str = "1", **said: Any) -> list[str]:
        """What is told: channel, change, key."""
        after = decided(
            self.state.rules.get("own"),
            Found(facts=facts, **said),
            rule="own",
            definition=definition,
            now=self.now,
            recent=WEEK,
        )
        self.now += HOUR
        state = tidied(RULES, State(rules={"own": after}))
        news = news_of(RULES, state)
        state = told(state, [one for one in news if one.channel in away], "failed")
        taken = [one for one in news if one.channel not in away]
        self.state = tidied(RULES, told(state, taken, "sent"))
        return sorted(f"{one.channel} {one.change} {one.event.key}" for one in taken)

    def hold(self, *facts: Fact) -> None:
        """A look in quiet hours, or one that nobody hears of."""
        after = decided(
            self.state.rules.get("own"), Found(facts=facts), rule="own", definition="1", now=self.now, recent=WEEK
        )
        self.now += HOUR
        self.state = tidied(RULES, State(rules={"own": after}))

    @property
    def rule(self) -> RuleState:
        return self.state.rules["own"]


def test_what_lasts_is_told_once_and_its_end_once() -> None:
    told_ = Told()
    assert told_.look(fact("x")) == ["a opened x", "b opened x"]
    assert told_.look(fact("x")) == []
    assert told_.look() == ["a recovered x", "b recovered x"]
    assert told_.look() == []
    assert told_.rule.events == ()


def test_what_begins_again_is_told_again_as_another_event() -> None:
    told_ = Told()
    told_.look(fact("x"))
    first = told_.rule.events[0].id
    told_.look()
    assert told_.look(fact("x")) == ["a opened x", "b opened x"]
    assert told_.rule.events[0].id != first


def test_a_channel_that_fails_is_tried_again_and_the_other_is_not_told_twice() -> None:
    told_ = Told()
    assert told_.look(fact("x"), away="b") == ["a opened x"]
    assert told_.look(fact("x"), away="b") == []
    assert told_.look(fact("x")) == ["b opened x"]


def test_a_channel_that_was_away_from_beginning_to_end_is_told_the_end() -> None:
    told_ = Told()
    told_.look(fact("x"), away="b")
    assert told_.look(away="b") == ["a recovered x"]
    assert told_.look() == ["b recovered x"]
    assert told_.look() == []


def test_what_is_over_before_the_quiet_hours_are_is_not_told() -> None:
    told_ = Told()
    told_.look()
    told_.hold(fact("x"), fact("y"))
    assert told_.look(fact("y")) == ["a opened y", "b opened y"]
    assert [event.key for event in told_.rule.events] == ["y"]


def test_an_end_in_quiet_hours_is_told_afterwards_unless_it_goes_on() -> None:
    told_ = Told()
    told_.look(fact("x"), fact("y"))
    told_.hold()
    assert told_.look(fact("x")) == ["a recovered y", "b recovered y"]
    assert told_.look(fact("x")) == []


def test_one_channel_was_told_the_end_and_the_other_was_not_when_it_goes_on() -> None:
    told_ = Told()
    told_.look(fact("x"))
    assert told_.look(away="b") == ["a recovered x"]
    assert told_.look(fact("x")) == ["a opened x"]


def test_the_first_look_tells_what_lasts_and_nothing_of_the_past() -> None:
    told_ = Told()
    assert told_.look(fact("x"), fact("old", NOON - HOUR)) == ["a opened x", "b opened x"]
    assert told_.look(fact("x"), fact("old", NOON - HOUR)) == []
    assert told_.rule.known == ("old",)


def test_what_was_over_when_it_was_first_seen_is_told_once_if_it_is_recent() -> None:
    told_ = Told()
    told_.look()
    new, old = fact("new", NOON - HOUR), fact("old", NOON - WEEK - HOUR)
    assert told_.look(new, old, away="b") == ["a occurred new"]
    assert told_.look(new, old) == ["b occurred new"]
    assert told_.look(new, old) == []
    assert list(told_.rule.known) == ["new", "old"]
    assert told_.look(forgets=True) == []
    assert list(told_.rule.known) == []


def test_a_fact_that_says_itself_that_it_is_over_is_told_as_over_and_then_never_again() -> None:
    told_ = Told()
    told_.look(fact("x"))
    assert told_.look(fact("x", NOON)) == ["a recovered x", "b recovered x"]
    assert told_.look(fact("x", NOON)) == []
    assert told_.look(fact("x", NOON)) == []


def test_nothing_recovers_of_which_nothing_is_known() -> None:
    told_ = Told()
    told_.look(fact("1_1|at_risk", family="1_1"))
    assert told_.look(undecided={"1_1"}) == []
    assert told_.look() == ["a recovered 1_1|at_risk", "b recovered 1_1|at_risk"]


def test_a_state_that_gets_worse_is_told_without_the_end_of_the_other() -> None:
    told_ = Told()
    told_.look(fact("1_1|at_risk", family="1_1"))
    assert told_.look(fact("1_1|lost", family="1_1")) == ["a opened 1_1|lost", "b opened 1_1|lost"]
    assert [event.key for event in told_.rule.events] == ["1_1|lost"]


def test_an_incident_whose_id_changes_because_its_beginning_moves_is_the_same() -> None:
    told_ = Told()
    told_.look(fact("x", family="place"), moves=True)
    assert told_.look(fact("y", family="place"), moves=True) == []
    assert told_.look(moves=True) == ["a recovered y", "b recovered y"]


def test_one_event_does_not_become_two() -> None:
    told_ = Told()
    told_.look(fact("x", family="place"), moves=True)
    assert told_.look(fact("y", family="place"), fact("z", family="place"), moves=True) == ["a opened z", "b opened z"]
    assert len({event.id for event in told_.rule.events}) == 2


def test_what_was_over_for_long_is_not_kept_for_a_channel_that_takes_nothing() -> None:
    told_ = Told()
    told_.look(fact("x"), away="b")
    told_.look(fact("once", NOON), away="b")
    assert [event.key for event in told_.rule.events] == ["once", "x"]
    told_.now += WEEK
    told_.look(fact("once", NOON), away="b")
    assert [event.key for event in told_.rule.events] == []
    assert told_.look(fact("once", NOON)) == []


def test_a_rule_that_was_changed_tells_what_lasts_and_is_new_and_no_ends() -> None:
    told_ = Told()
    told_.look(fact("x"), fact("y"))
    assert told_.look(fact("x"), fact("z"), fact("past", NOON), definition="2") == ["a opened z", "b opened z"]
    assert sorted(event.key for event in told_.rule.events) == ["x", "z"]
