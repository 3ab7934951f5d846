"""Mails and webhooks: sent to real servers, with no text of a log as anything but text, and no secret in what is said of errors."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from analytics.sending.channel import Mail, Webhook
from analytics.sending.mail import mail_of, send_mail
from analytics.sending.message import Item, Message, Outcome
from analytics.sending.secrets import Address, Secret, address_of
from analytics.sending.shapes import SHAPES
from analytics.sending.webhook import send_to_webhook
from tests.analytics.alerts.servers import CERTIFICATE, dripping_server, mail_server, web_server

HOSTILE = "a\r\nBcc: thief@example.com <!channel> [click](https://evil.example) <at>all</at> \u202e<b>"


def message(title: str = "Errors: integration 1234_5", count: int = 1) -> Message:
    items = tuple(Item(title=f"[new] {title}", lines=("one line", title)) for _ in range(count))
    return Message(
        id="0123456789abcdef",
        subject=f"Koppelzicht: 1 new: {title}",
        items=items,
        document={"version": 1, "events": [{"title": title}]},
        sent_at=dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC),
    )


def mail(port: int, **said: Any) -> Mail:
    values = {"type": "mail", "host": "127.0.0.1", "port": port, "tls": "none", "sender": "k@example.com"}
    return Mail.model_validate(values | {"to": ["desk@example.com"]} | said)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the test servers is trusted, as an authority of one's own is: by the environment."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


def test_a_mail_is_plain_text_with_the_same_id_each_time() -> None:
    with mail_server() as server:
        assert send_mail(mail(server.port), None, message()) == Outcome(is_sent=True)
    [got] = server.mails
    assert (got["Subject"], got["From"], got["To"]) == (
        "Koppelzicht: 1 new: Errors: integration 1234_5",
        "k@example.com",
        "desk@example.com",
    )
    assert (got["Message-ID"], got["Date"]) == ("<0123456789abcdef@example.com>", "Thu, 01 Oct 2026 08:00:00 +0000")
    assert got.get_content_type() == "text/plain"
    assert got.get_content() == "[new] Errors: integration 1234_5\n  one line\n  Errors: integration 1234_5\n"


@pytest.mark.parametrize(
    ("tls", "server_says"), [("starttls", {"offers_tls": True}), ("implicit", {"is_implicit": True})]
)
@pytest.mark.usefixtures("trusted")
def test_a_login_goes_over_tls(tls: str, server_says: dict[str, bool]) -> None:
    with mail_server(**server_says) as server:
        channel = mail(server.port, tls=tls, user="robot", password_env="P")
        assert send_mail(channel, Secret("hunter2"), message()) == Outcome(is_sent=True)
    assert (server.logins, server.was_secure) == ([("robot", "hunter2")], [True])


def test_without_tls_nothing_is_said_to_a_server_that_should_have_it() -> None:
    with mail_server() as server:
        outcome = send_mail(
            mail(server.port, tls="starttls", user="robot", password_env="P"), Secret("hunter2"), message()
        )
    assert outcome == Outcome(
        is_sent=False, why="the server does not offer what is needed: STARTTLS, or to log in", is_certain=True
    )
    assert [line.split()[0].upper() for line in server.lines] == ["EHLO"]
    assert server.logins == []


@pytest.mark.parametrize(
    ("tls", "server_says"), [("starttls", {"offers_tls": True}), ("implicit", {"is_implicit": True})]
)
def test_a_server_that_nobody_vouches_for_gets_no_password(tls: str, server_says: dict[str, bool]) -> None:
    with mail_server(**server_says) as server:
        channel = mail(server.port, tls=tls, user="robot", password_env="P")
        outcome = send_mail(channel, Secret("hunter2"), message())
    assert outcome.why == "the server's certificate is not trusted, or is of another server"
    assert (server.logins, server.mails) == ([], [])


@pytest.mark.parametrize(
    ("refuses", "why", "is_certain"),
    [
        ({"AUTH": "535 hunter2 is wrong"}, "the server refused the user or the password (535)", True),
        ({"MAIL": "550 no"}, "the server refused the sender (550)", True),
        ({"RCPT": "550 no"}, "the server refused every receiver", True),
        ({"DATA": "554 no"}, "the server answered 554", True),
        ({"DATA": ""}, "the server closed the connection", False),
    ],
)
def test_what_a_server_refuses_is_said_in_our_own_words(refuses: dict[str, str], why: str, *, is_certain: bool) -> None:
    with mail_server(refuses=refuses) as server:
        outcome = send_mail(mail(server.port, user="robot", password_env="P"), Secret("hunter2"), message())
    assert outcome == Outcome(is_sent=False, why=why, is_certain=is_certain)


def test_a_mail_that_one_of_two_gets_is_sent_and_the_other_is_named() -> None:
    with mail_server(refuses={"RCPT TO:<A@": "550 no"}) as server:
        outcome = send_mail(mail(server.port, to=["a@example.com", "b@example.com"]), None, message())
    assert outcome == Outcome(is_sent=True, why="the server refused 1 of 2 receivers")


def test_a_mail_that_was_taken_is_sent_however_the_server_says_goodbye() -> None:
    with mail_server(refuses={"QUIT": "421 no"}) as server:
        assert send_mail(mail(server.port), None, message()) == Outcome(is_sent=True)


def test_a_name_from_a_log_becomes_no_header_and_no_markup_of_a_mail() -> None:
    got = mail_of(mail(25), message(HOSTILE))
    assert got["Bcc"] is None
    assert "\n" not in got["Subject"]
    assert "a\\r\\nBcc: thief" in got["Subject"]
    assert "\u202e" not in got.get_content()
    assert not any(line.startswith("Bcc") for line in got.as_string().splitlines())


def test_a_webhook_gets_one_document() -> None:
    with web_server() as server:
        address = address_of("HOOK", {"HOOK": f"{server.url}?key=1"})
        assert isinstance(address, Address)
        outcome = send_to_webhook(Webhook(type="json", url_env="HOOK"), address, message())
    assert outcome == Outcome(is_sent=True)
    [(path, headers, body)] = server.requests
    assert path == "/services/very-secret?key=1"
    assert (headers["content-type"], headers["idempotency-key"]) == ("application/json", "0123456789abcdef")
    assert body == {"version": 1, "events": [{"title": "Errors: integration 1234_5"}]}


@pytest.mark.usefixtures("trusted")
def test_a_webhook_is_called_over_tls() -> None:
    with web_server(is_secure=True) as server:
        assert server.url.startswith("https://")
        outcome = send_to_webhook(Webhook(type="json", url_env="HOOK"), _address(server.url), message())
    assert (outcome, len(server.requests)) == (Outcome(is_sent=True), 1)


def test_a_web_server_that_nobody_vouches_for_gets_nothing() -> None:
    with web_server(is_secure=True) as server:
        outcome = send_to_webhook(Webhook(type="json", url_env="HOOK"), _address(server.url), message())
    assert outcome == Outcome(is_sent=False, why="the server's certificate is not trusted, or is of another server")
    assert server.requests == []


def test_a_redirect_is_not_followed() -> None:
    with web_server() as elsewhere, web_server(f"307 Moved\r\nLocation: {elsewhere.url}") as server:
        outcome = send_to_webhook(Webhook(type="slack", url_env="HOOK"), _address(server.url), message())
    assert outcome == Outcome(is_sent=False, why="the server answered 307, a redirect, which is not followed")
    assert (len(server.requests), elsewhere.requests) == (1, [])


@pytest.mark.parametrize(
    ("answer", "why", "is_certain"),
    [
        ("404 very-secret", "the server answered 404", True),
        ("500 no", "the server answered 500", False),
        ("", "the connection was cut", False),
        ("x very-secret", "the server's answer cannot be read", False),
    ],
)
def test_what_a_web_server_answers_is_not_repeated(answer: str, why: str, *, is_certain: bool) -> None:
    with web_server(answer) as server:
        outcome = send_to_webhook(Webhook(type="json", url_env="HOOK"), _address(server.url), message())
    assert outcome == Outcome(is_sent=False, why=why, is_certain=is_certain)


def test_a_server_that_drips_is_cut_off() -> None:
    with dripping_server() as port:
        address = _address(f"http://127.0.0.1:{port}/")
        assert not send_to_webhook(Webhook(type="json", url_env="HOOK"), address, message(), deadline=0.2).is_sent
        assert not send_mail(mail(port), None, message(), deadline=0.2).is_sent


def test_nobody_who_writes_a_log_calls_a_channel_in_slack() -> None:
    body: Any = SHAPES["slack"](message(HOSTILE))
    text = json.dumps(body, ensure_ascii=False)
    assert not {"<", ">"} & set(text)
    assert "&lt;!channel&gt;" in text
    assert {block["text"]["type"] for block in body["blocks"]} == {"plain_text"}
    assert (body["parse"], body["link_names"], body["mrkdwn"]) == ("none", False, False)


def test_nobody_who_writes_a_log_makes_a_link_in_teams() -> None:
    body: Any = SHAPES["teams"](message(HOSTILE))
    [attached] = body["attachments"]
    card = attached["content"]
    assert "msteams" not in card
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_a_chat_gets_twenty_events_and_the_number_of_the_others(kind: Any) -> None:
    text = json.dumps(SHAPES[kind](message("x" * 5000, count=1000)))
    assert text.count("[new]") == 20
    assert "and 980 more" in text
    assert len(text) < 28 * 1024


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/very-secret",
        "https://",
        "https://user:very-secret@host/",
        "https://host/very secret",
        "https://host:99999/very-secret",
        "https://host/\nvery-secret",
        "file:///very-secret",
        "https://[very-secret/",
        "",
    ],
)
def test_a_wrong_address_is_refused_and_not_repeated(url: str) -> None:
    told = address_of("HOOK", {"HOOK": url})
    assert isinstance(told, str)
    assert told.startswith("the environment variable HOOK ")
    assert "secret/" not in told
    assert "very" not in told


def test_a_secret_has_no_text() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert "very-secret" not in repr(_address("https://host/very-secret"))


def _address(url: str) -> Address:
    address = address_of("HOOK", {"HOOK": url})
    assert isinstance(address, Address)
    return address
