"""A message to a webhook: one POST with JSON. A redirect is not followed, and no proxy is asked: the address is a secret."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING

from analytics.sending.deadline import DEADLINE, TIMEOUT, ends_after
from analytics.sending.mail import network_fault
from analytics.sending.message import Outcome
from analytics.sending.shapes import SHAPES
from ingest.version import VERSION

if TYPE_CHECKING:
    from analytics.sending.channel import Webhook
    from analytics.sending.message import Message
    from analytics.sending.secrets import Address


def send_to_webhook(channel: Webhook, address: Address, message: Message, *, deadline: float = DEADLINE) -> Outcome:
    """Send a message. Any answer of 200 to 299 means that it was taken."""
    body = json.dumps(SHAPES[channel.type](message), ensure_ascii=True).encode("ascii")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"koppelzicht/{VERSION}",
        "Idempotency-Key": message.id,
    }
    is_begun = False
    try:
        connection = _connection(address)
        try:
            with ends_after(deadline, lambda: connection.sock):
                connection.connect()
                is_begun = True
                connection.request("POST", address.target, body=body, headers=headers)
                status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(is_sent=False, why=network_fault(error), is_certain=not is_begun)
    if 200 <= status < 300:
        return Outcome(is_sent=True)
    if 300 <= status < 400:
        return Outcome(is_sent=False, why=f"the server answered {status}, a redirect, which is not followed")
    return Outcome(is_sent=False, why=f"the server answered {status}", is_certain=status < 500)


def _connection(address: Address) -> http.client.HTTPConnection:
    if address.is_secure:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(address.host, address.port, timeout=TIMEOUT, context=context)
    return http.client.HTTPConnection(address.host, address.port, timeout=TIMEOUT)
