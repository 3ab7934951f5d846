"""Mail by SMTP. Its text is plain, and its headers hold no text from a log but the subject, on one line."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from analytics.sending.deadline import DEADLINE, TIMEOUT, ends_after
from analytics.sending.message import Outcome
from analytics.sending.plain_text import one_line

if TYPE_CHECKING:
    from analytics.sending.channel import Mail
    from analytics.sending.message import Message
    from analytics.sending.secrets import Secret

_MOST_ITEMS = 100
_SUBJECT, _LINE = 150, 500


def send_mail(channel: Mail, password: Secret | None, message: Message, *, deadline: float = DEADLINE) -> Outcome:
    """Send a message to all receivers at once. It counts as sent if the server takes it for one of them at least."""
    mail = mail_of(channel, message)
    begun: list[smtplib.SMTP] = []
    is_handed_over = False
    try:
        with ends_after(deadline, lambda: begun[0].sock if begun else None):
            server = _connected(channel, begun)
            try:
                if channel.tls == "starttls":
                    server.starttls(context=ssl.create_default_context())  # raises where the server does not offer it
                if channel.user is not None and password is not None:
                    server.login(channel.user, password.value)
                is_handed_over = True
                refused = server.send_message(mail, channel.sender, list(channel.to))
                with contextlib.suppress(OSError, ValueError):  # the mail is taken, however they part
                    server.quit()
            finally:
                server.close()
    except (OSError, ValueError) as error:  # errors of SMTP are OSErrors
        has_answered = isinstance(error, smtplib.SMTPException) and not isinstance(
            error, smtplib.SMTPServerDisconnected
        )
        return Outcome(is_sent=False, why=_in_words(error), is_certain=has_answered or not is_handed_over)
    if refused:
        return Outcome(is_sent=True, why=f"the server refused {len(refused)} of {len(channel.to)} receivers")
    return Outcome(is_sent=True)


def mail_of(channel: Mail, message: Message) -> EmailMessage:
    """The mail as it is sent."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = one_line(message.subject, _SUBJECT)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Date"] = format_datetime(message.sent_at)
    mail["Message-ID"] = f"<{message.id}@{channel.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
    texts = [
        "\n".join((one_line(item.title, _LINE), *(f"  {one_line(line, _LINE)}" for line in item.lines)))
        for item in message.items[:_MOST_ITEMS]
    ]
    if (left := len(message.items) - _MOST_ITEMS) > 0:
        texts.append(f"and {left:,} more")
    mail.set_content("\n\n".join(texts) + "\n", subtype="plain", charset="utf-8")
    return mail


def _connected(channel: Mail, begun: list[smtplib.SMTP]) -> smtplib.SMTP:
    """A connection. It stands in `begun` as soon as it is tried, so that it can be cut while the server greets."""

    class Plain(smtplib.SMTP):
        def connect(self, *args: Any, **named: Any) -> tuple[int, bytes]:
            begun.append(self)
            return super().connect(*args, **named)

    class Implicit(smtplib.SMTP_SSL):
        def connect(self, *args: Any, **named: Any) -> tuple[int, bytes]:
            begun.append(self)
            return super().connect(*args, **named)

    name = socket.gethostname()  # the whole name would be looked up, which can take minutes
    if channel.tls == "implicit":
        context = ssl.create_default_context()
        return Implicit(channel.host, channel.used_port, local_hostname=name, timeout=TIMEOUT, context=context)
    return Plain(channel.host, channel.used_port, local_hostname=name, timeout=TIMEOUT)


def _in_words(error: Exception) -> str:
    match error:
        case smtplib.SMTPServerDisconnected():
            return "the server closed the connection"
        case smtplib.SMTPAuthenticationError():
            return f"the server refused the user or the password ({error.smtp_code})"
        case smtplib.SMTPRecipientsRefused():
            return "the server refused every receiver"
        case smtplib.SMTPSenderRefused():
            return f"the server refused the sender ({error.smtp_code})"
        case smtplib.SMTPResponseException():
            return f"the server answered {error.smtp_code}"
        case smtplib.SMTPNotSupportedError():
            return "the server does not offer what is needed: STARTTLS, or to log in"
        case smtplib.SMTPException():
            return "the server does not take the login, or does not speak SMTP as expected"
        case _:
            return network_fault(error)


def network_fault(error: Exception) -> str:
    """What went wrong on the way, in our own words."""
    match error:
        case ssl.SSLCertVerificationError():
            return "the server's certificate is not trusted, or is of another server"
        case ssl.SSLError():
            return "no secure connection could be made: the server may not speak TLS on this port"
        case socket.gaierror():
            return "the name of the server is not known"
        case TimeoutError():
            return "the server did not answer in time"
        case ConnectionRefusedError():
            return "nothing listens there: the connection was refused"
        case ConnectionError():
            return "the connection was cut"
        case OSError():
            return "the server cannot be reached"
        case _:
            return "the server's answer cannot be read"
