"""One look at everything: what the rules find, what is news, who is told.

Whoever is told is told at least once, and exactly once unless a process or the network breaks between the sending and the answer
(state.py). If one channel fails, it alone is tried again by the next look.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from analytics.alerts.asked import Asked
from analytics.alerts.deciding import decided
from analytics.alerts.quiet import is_quiet
from analytics.alerts.state import State, alone, read_state, write_state
from analytics.alerts.telling import News, news_of, tidied, told
from analytics.alerts.wording import message_of
from analytics.errors import AnalyticsError
from analytics.sending.channel import Mail
from analytics.sending.mail import send_mail
from analytics.sending.secrets import Address, Secret
from analytics.sending.webhook import send_to_webhook
from analytics.warehouse.warehouse import Warehouse
from ingest.errors import IngestError, fault
from ingest.lake.settings import read_time_zone
from ingest.stopping import stop_if_told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from analytics.alerts.kinds import Rule
    from analytics.alerts.rules import Rules, Secrets
    from analytics.sending.channel import Channel
    from analytics.sending.message import Message, Outcome

Fate: TypeAlias = Literal["sent", "failed", "held", "to_send"]
"""held: it is quiet now. to_send: it would be sent, but this is only tried."""

COLUMNS = (
    "id",
    "change",
    "rule",
    "kind",
    "channel",
    "outcome",
    "why",
    "title",
    "text",
    "opened_at",
    "recovered_at",
    "may_be_repeated",
)
"""The columns of alert, on which scripts rely."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event, one channel, and what became of it."""

    news: News
    outcome: Fate
    why: str | None = None

    def row(self) -> dict[str, object]:
        """The line in COLUMNS."""
        event = self.news.event
        return {
            "id": event.id,
            "change": self.news.change,
            "rule": self.news.rule.name,
            "kind": self.news.rule.kind,
            "channel": self.news.channel,
            "outcome": self.outcome,
            "why": self.why,
            "title": event.title,
            "text": "\n".join(event.lines),
            "opened_at": event.opened_at,
            "recovered_at": event.recovered_at,
            "may_be_repeated": self.news.may_be_repeated,
        }


@dataclass(frozen=True, kw_only=True)
class AlertReport:
    """What was found and who was told. `faults`: rules that could not be asked. `is_busy`: another process does it at this moment."""

    lines: tuple[Line, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    is_busy: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every rule was asked, and everything was sent that was to be sent."""
        return not self.faults and all(line.outcome != "failed" for line in self.lines)


def frame(report: AlertReport) -> pl.DataFrame:
    """The lines as rows, with the columns that scripts rely on."""
    import polars as pl

    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        **dict.fromkeys(("opened_at", "recovered_at"), pl.Datetime("us", "UTC")),
        "may_be_repeated": pl.Boolean,
    }
    rows = [line.row() for line in report.lines]
    return pl.DataFrame(rows, schema={name: schema.get(name, pl.String()) for name in COLUMNS})


def alert(lake: Path, rules: Rules, secrets: Secrets, *, clock: Callable[[], dt.datetime]) -> AlertReport:
    """Ask the rules and tell the channels what is new. AnalyticsError or LakeError if there is no lake, or no room to remember."""
    read_time_zone(lake)  # no lake, no folder in it
    with alone(lake, rules.name) as is_alone:
        if not is_alone:
            return AlertReport(is_busy=True)
        before = read_state(lake, rules.name)
        with Warehouse.open(lake) as warehouse:
            asked = Asked(lake, warehouse, clock())
            state, faults = _found(rules, before, asked)
        due, held = _apart(rules, state, asked)
        state = told(tidied(rules, state), due, "trying")
        if state != before:
            write_state(lake, rules.name, state)
        lines = [Line(news=one, outcome="held") for one in held]
        for name, channel in rules.channels.items():
            if not (news := [one for one in due if one.channel == name]):
                continue
            outcome = _sent(channel, secrets[name], message_of(news, asked))
            if outcome.is_sent or outcome.is_certain:
                state = told(state, news, "sent" if outcome.is_sent else "failed")
                write_state(lake, rules.name, tidied(rules, state))
            fate: Fate = "sent" if outcome.is_sent else "failed"
            lines += [Line(news=one, outcome=fate, why=outcome.why) for one in news]
    return AlertReport(lines=tuple(lines), faults=faults)


def tried(lake: Path, rules: Rules, *, clock: Callable[[], dt.datetime]) -> AlertReport:
    """What `alert` would send. Nothing is sent and nothing is written."""
    read_time_zone(lake)
    with Warehouse.open(lake) as warehouse:
        asked = Asked(lake, warehouse, clock())
        state, faults = _found(rules, read_state(lake, rules.name), asked)
    due, held = _apart(rules, state, asked)
    lines = [*(Line(news=one, outcome="held") for one in held), *(Line(news=one, outcome="to_send") for one in due)]
    return AlertReport(lines=tuple(lines), faults=faults)


def _found(rules: Rules, before: State, asked: Asked) -> tuple[State, Mapping[str, str]]:
    """What every rule has found. A rule that cannot be asked stays as it was."""
    states, faults = dict(before.rules), {}
    for rule in rules.rules:
        try:
            found = rule.found(asked)
        except (AnalyticsError, IngestError) as error:
            faults[rule.name] = str(error)
            continue
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rules are asked: one of them may tell of an outage
            stop_if_told()
            faults[rule.name] = f"an unexpected error: {fault(error)}; this is a bug in koppelzicht, please report it"
            continue
        states[rule.name] = decided(
            before.rules.get(rule.name),
            found,
            rule=rule.name,
            definition=_definition(rule),
            now=asked.now,
            recent=timedelta(days=rules.recent_days),
        )
    return State(rules=states), faults


def _definition(rule: Rule) -> str:
    """What a rule looks for, as a short text. Whom it tells, and when, is no part of it."""
    text = rule.model_dump_json(exclude={"name", "channels", "recovery", "urgent"})
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _apart(rules: Rules, state: State, asked: Asked) -> tuple[Sequence[News], Sequence[News]]:
    """What is to be told now, and what has to wait until the quiet hours are over."""
    news = news_of(rules, state)
    if not is_quiet(rules.quiet_hours, asked.now, asked.zone):
        return news, ()
    return [one for one in news if one.rule.urgent], [one for one in news if not one.rule.urgent]


def _sent(channel: Channel, secret: Secret | Address | None, message: Message) -> Outcome:
    if isinstance(channel, Mail):
        return send_mail(channel, secret if isinstance(secret, Secret) else None, message)
    assert isinstance(secret, Address), "the channel was checked, and names one"
    return send_to_webhook(channel, secret, message)
