"""A message as the receivers of webhooks take it: as JSON for programs, for Slack, and for Teams.

Texts from logs stand only where the receiver parses no markup: in Slack's `plain_text`, with its three characters escaped, and in the
`TextRun` of Teams, which knows no Markdown, unlike `TextBlock`. Both refuse long messages, so each text has a length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from analytics.sending.plain_text import for_slack, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics.sending.message import Item, Message

WebhookKind: TypeAlias = Literal["json", "slack", "teams"]

MOST_IN_CHAT = 20
"""Slack takes 50 blocks, Teams 28 KB."""

_TITLE, _LINE = 200, 300


def _as_json(message: Message) -> Mapping[str, object]:
    return message.document


def _for_slack(message: Message) -> Mapping[str, object]:
    subject = for_slack(one_line(message.subject, _TITLE))
    texts = [
        for_slack("\n".join((one_line(item.title, _TITLE), *(one_line(line, _LINE) for line in item.lines))))
        for item in _shown(message)
    ]
    texts += _rest(message)
    return {
        "text": subject,
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": text[:3000], "emoji": False}}
            for text in (subject, *texts)
        ],
    }


def _for_teams(message: Message) -> Mapping[str, object]:
    blocks = [_rich(one_line(message.subject, _TITLE), is_bold=True)]
    for item in _shown(message):
        blocks.append(_rich(one_line(item.title, _TITLE), is_bold=True))
        blocks += [_rich(one_line(line, _LINE), is_bold=False) for line in item.lines]
    blocks += [_rich(text, is_bold=False) for text in _rest(message)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": "Koppelzicht: a message that this client cannot show",
        "body": blocks,
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _rich(text: str, *, is_bold: bool) -> Mapping[str, object]:
    run = {"type": "TextRun", "text": text, "weight": "bolder" if is_bold else "default"}
    return {"type": "RichTextBlock", "inlines": [run]}


def _shown(message: Message) -> tuple[Item, ...]:
    return message.items[:MOST_IN_CHAT]


def _rest(message: Message) -> list[str]:
    left = len(message.items) - MOST_IN_CHAT
    return [f"and {left:,} more"] if left > 0 else []


SHAPES: Mapping[WebhookKind, Callable[[Message], Mapping[str, object]]] = {
    "json": _as_json,
    "slack": _for_slack,
    "teams": _for_teams,
}
