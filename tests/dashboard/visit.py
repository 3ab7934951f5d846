"""A visitor with a real browser, and the dashboard served to them."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parent.parent.parent

# Offline and silent: the browser's own services would be the only thing that leaves this machine.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
LOOKED_FOR = re.compile(r"/_stcore/(health|host-config)$")
"""Streamlit looks for its server below the page's own address first, and does not find it there."""

WHOLE = """() =>
    document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning" &&
    document.querySelector("[data-stale=true], [data-testid=stSkeleton], [data-testid=stAppSkeleton]") === null &&
    [...document.querySelectorAll(".kz-table")].every((table) => table.childElementCount > 0)
"""
"""Whether all is drawn: what a page is made of comes a moment after its place."""
PLACE = """() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText.trim());
    return {
        address: window.location.pathname + window.location.search,
        title: texts("h1, .st-key-record_title"),
        chosen: [...document.querySelectorAll("[data-testid=stMain] input")].map((one) => one.value),
        cards: texts("[data-testid=stMetricValue]"),
        first_rows: texts(".kz-scroll tbody tr:first-child"),
        sorted: texts("th[aria-sort=ascending], th[aria-sort=descending]"),
    };
}"""


@dataclass
class Visit:
    """A browser's page on the dashboard, with everything it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    socket: WebSocket | None = None
    is_running: bool = True

    def watch(self) -> Visit:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(f"{said.text} {said.location}")
                if said.type == "error" and not LOOKED_FOR.search(said.location["url"])
                else None
            ),
        )
        return self

    def card(self, label: str) -> Locator:
        """The figure on a card."""
        metric = self.page.get_by_test_id("stMetric").filter(has=self.page.get_by_text(label, exact=True))
        return metric.get_by_test_id("stMetricValue")

    def after(self, step: Callable[[], object]) -> Visit:
        """The visit, once the page that this step leads to is whole."""
        self.settled().is_running = True
        step()
        return self.settled()

    def opened(self, link: str) -> Visit:
        """The visit, with this link opened as from a mail."""
        self.socket, self.is_running = None, True
        self.page.goto(link)
        return self.settled()

    def reloaded(self) -> Visit:
        """The visit, with the page reloaded."""
        self.socket, self.is_running = None, True
        self.page.reload()
        return self.settled()

    def settled(self) -> Visit:
        """The visit, once the page is whole: what was asked for last has been run, and all of it is drawn."""
        while self.socket is None:
            self.page.wait_for_event("websocket")
        while self.is_running:
            self.socket.wait_for_event("framereceived")
        self.page.wait_for_function(WHOLE)
        return self

    def place(self) -> dict[str, object]:
        """Where the reader is: the address, and what of the page differs from place to place."""
        self.settled()
        place: dict[str, object] = self.page.evaluate(PLACE)
        return place

    def entries(self) -> int:
        """How many entries the history has."""
        return int(self.page.evaluate("history.length"))

    def _listen(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)
        self.socket, self.is_running = socket, True
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.is_running = True

    def _received(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            message = ForwardMsg.FromString(frame)
            if message.WhichOneof("type") == "script_finished":
                self.is_running = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def cards(self) -> dict[str, str]:
        """All figures by their labels."""
        labels = ("Customers", "Integrations", "Calls", "Error rate")
        return {label: self.card(label).inner_text() for label in labels}

    def title(self) -> Locator:
        """The name of the integration or connector that is open."""
        return self.page.locator(".st-key-record_title").get_by_test_id("stText")

    def table(self, title: str) -> Locator:
        """A table, by what it is called."""
        return self.page.get_by_role("region", name=title, exact=True)

    def link(self, title: str, name: str) -> Locator:
        """The link of a row, by the table and by what stands in it; the first of several."""
        return self.table(title).get_by_role("link", name=name, exact=True).first

    def stays_on_this_machine(self) -> bool:
        """Whether all that was asked for came from here."""
        return {urlsplit(url).hostname for url in self.requests if not url.startswith(("data:", "blob:"))} == {
            "localhost"
        }


def expect_link(visit: Visit, **parts: str) -> None:
    """Wait until the address says so."""
    for name, value in parts.items():
        expect(visit.page).to_have_url(re.compile(rf"[?&]{name}={value}(&|$)"))


@contextlib.contextmanager
def serving(
    lake: Path, folder: Path, *arguments: str, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The dashboard in a process of its own, started elsewhere; what it printed until it was ready.

    What it says on standard error is in the file `stderr.txt` of that folder.
    """
    with (folder / "stderr.txt").open("w", encoding="utf-8") as warnings:
        process = subprocess.Popen(
            [sys.executable, "-m", "koppelzicht", "dashboard", "--lake", str(lake), "--port", str(port), *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | dict(environment or {}),
            stdout=subprocess.PIPE,
            stderr=warnings,
            text=True,
        )
    with process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if "Koppelzicht is at" in line:
                break
        try:
            yield process, said
        finally:
            process.terminate()


def address_in(said: list[str]) -> str:
    """The address that was printed."""
    found = re.search(r"http://localhost:\d+", said[-1])
    assert found is not None, said
    return found[0]
