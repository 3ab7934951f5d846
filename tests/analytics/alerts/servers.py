"""A mail server and a web server on loopback, which keep what they get and answer as a test wants."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage

CERTIFICATE = Path(__file__).parent / "loopback.pem"
"""For localhost and 127.0.0.1, until 2126, and the key with it: nobody but these tests trusts it."""


@dataclass
class MailServer:
    """What it got, and how it answers. `refuses` has the words with which a line begins that it refuses, and its answer."""

    port: int = 0
    offers_tls: bool = False
    is_implicit: bool = False
    refuses: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    was_secure: list[bool] = field(default_factory=list)


@contextlib.contextmanager
def mail_server(**said: Any) -> Iterator[MailServer]:
    """A mail server on 127.0.0.1 while the context lasts."""
    server = MailServer(**said)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
                _Talk(server, self.request, opened)

    with _listening(Handler) as port:
        server.port = port
        yield server


class _Talk:
    """One conversation of the mail server."""

    def __init__(self, server: MailServer, sock: socket.socket, opened: contextlib.ExitStack) -> None:
        self._server = server
        self._opened = opened
        self._is_secure = False
        self._begin(sock, is_secure=server.is_implicit)
        self._say("220 loopback")
        while line := self._file.readline().decode().strip():
            server.lines.append(line)
            answer = next((answer for begin, answer in server.refuses.items() if line.upper().startswith(begin)), None)
            if answer == "":
                return
            if answer is not None:
                self._say(answer)
            else:
                self._obey(line.split(maxsplit=1)[0].upper(), line)

    def _begin(self, sock: socket.socket, *, is_secure: bool) -> None:
        if is_secure:
            sock = self._opened.enter_context(_secured(sock))
        self._sock, self._is_secure = sock, is_secure
        self._file = self._opened.enter_context(sock.makefile("rwb"))

    def _say(self, *lines: str) -> None:
        self._file.write("".join(f"{line}\r\n" for line in lines).encode())
        self._file.flush()

    def _obey(self, verb: str, line: str) -> None:
        match verb:
            case "EHLO":
                tls = ["250-STARTTLS"] if self._server.offers_tls and not self._is_secure else []
                self._say("250-loopback", *tls, "250 AUTH PLAIN")
            case "STARTTLS":
                self._say("220 go on")
                self._begin(self._sock, is_secure=True)
            case "AUTH":
                _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                self._server.logins.append((user, password))
                self._say("235 welcome")
            case "DATA":
                self._say("354 go on")
                content = b"".join(iter(self._file.readline, b".\r\n")).replace(b"\r\n", b"\n")
                self._server.mails.append(message_from_bytes(content, policy=policy.default))
                self._server.was_secure.append(self._is_secure)
                self._say("250 taken")
            case _:
                self._say("250 ok")


@dataclass
class WebServer:
    """The requests it got: path, headers, body. `answers` are given in turn, and then 200."""

    port: int = 0
    is_secure: bool = False
    answers: list[str] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"http{'s' if self.is_secure else ''}://127.0.0.1:{self.port}/services/very-secret"

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of all documents, in turn."""
        return [event for _, _, body in self.requests for event in body["events"]]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the events say: the change and the title."""
        return [(event["change"], event["title"]) for event in self.events]


@contextlib.contextmanager
def web_server(*answers: str, is_secure: bool = False) -> Iterator[WebServer]:
    """A web server on 127.0.0.1 while the context lasts."""
    server = WebServer(answers=list(answers), is_secure=is_secure)

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            with contextlib.suppress(OSError):  # the client refuses us
                self.request = _secured(self.request) if is_secure else self.request
            super().setup()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()
            self.request.close()

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                path = self.rfile.readline().decode().split()[1]
                lines = iter(lambda: self.rfile.readline().decode().strip(), "")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = json.loads(self.rfile.read(int(headers["content-length"])))
                server.requests.append((path, headers, body))
                server.before_answer()
                answer = server.answers.pop(0) if server.answers else "200 OK"
                if answer:
                    self.wfile.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())

    with _listening(Handler) as port:
        server.port = port
        yield server


def _secured(sock: socket.socket) -> socket.socket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context.wrap_socket(sock, server_side=True)


@contextlib.contextmanager
def dripping_server() -> Iterator[int]:
    """The port of a server that says one byte after the other and never comes to an end."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                while not over.wait(0.02):
                    self.request.sendall(b"2")

    with _listening(Handler) as port:
        try:
            yield port
        finally:
            over.set()


@contextlib.contextmanager
def _listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = True

    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
