"""The guard keeps out pages of other sites in the same browser, which would read the dashboard.

Here the dashboard is served as carelessly as possible: from a folder with settings that open it to everybody, and with a proxy to the
internet that records every request.
"""

from __future__ import annotations

import http.client
import http.server
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.shell.guard import headers
from tests.dashboard.visit import Visit, address_in, serving

OPEN_TO_ALL = """
[server]
enableCORS = false
enableXsrfProtection = false
allowedHosts = ["*"]
corsAllowedOrigins = ["http://evil.test"]
enableAgentApi = true
[client]
allowedOrigins = ["http://evil.test"]
[browser]
gatherUsageStats = true
"""
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Served:
    """A dashboard: its address, its standard error, and the requests for the internet."""

    address: str
    errors: Path
    asked_outside: list[str]

    def ask(self, path: str, method: str = "GET", **sent: str) -> tuple[int, dict[str, str], str]:
        """The status, the headers and the beginning of the answer to one request."""
        connection = http.client.HTTPConnection("localhost", urlsplit(self.address).port, timeout=30)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in sent.items()})
        answer = connection.getresponse()
        said = "" if answer.status == 101 else answer.read(2000).decode("utf-8", "replace")
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, said

    def connect(self, **sent: str) -> int:
        """The status of the answer to a request for the pages' connection."""
        return self.ask(
            "/_stcore/stream", **{name.replace("-", "_"): value for name, value in UPGRADE.items()}, **sent
        )[0]


@pytest.fixture(scope="module")
def served(four_days: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard in such surroundings."""
    folder = tmp_path_factory.mktemp("careless")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(OPEN_TO_ALL, encoding="utf-8")
    asked: list[str] = []

    class Way(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(502)

        do_CONNECT = do_POST = do_GET  # noqa: N815 - as the library names them

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as the library names it
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Way) as way:
        threading.Thread(target=way.serve_forever, daemon=True).start()
        out = f"http://127.0.0.1:{way.server_port}"
        surroundings = {
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), out),
            "NO_PROXY": "",
            "no_proxy": "",
            "HOME": str(folder),
            "STREAMLIT_SERVER_ENABLE_CORS": "false",
            "STREAMLIT_SERVER_ENABLE_AGENT_API": "true",
        }
        with serving(four_days, folder, port=free_port(), environment=surroundings) as (_, said):
            yield Served(address_in(said), folder / "stderr.txt", asked)
        way.shutdown()


def free_port() -> int:
    """A free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 200),
        ("/certification", "GET", 200),
        ("/favicon.png", "GET", 200),
        ("/static/js/nowhere.js", "GET", 200),
        ("/_stcore/health", "GET", 200),
        ("/_stcore/health", "DELETE", 405),
        ("/_stcore/host-config", "GET", 200),
        ("/_stcore/metrics", "GET", 200),
        ("/_stcore/agent/openapi.json", "GET", 200),
        ("/_stcore/agent/interact", "POST", 403),
        ("/_stcore/upload_file/x/y", "PUT", 403),
        ("/media/nothing.csv", "GET", 404),
        ("/..%2f..%2fetc/passwd", "GET", 400),
    ],
)
def test_every_answer_keeps_other_sites_out(served: Served, path: str, method: str, status: int) -> None:
    found, said, _ = served.ask(path, method)
    assert found == status
    assert {name: said.get(name) for name in headers()} == headers()
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert "unsafe-eval" not in said["content-security-policy"]
    [scripts] = re.findall("script-src ([^;]*);", said["content-security-policy"])
    assert "unsafe-inline" not in scripts
    assert said.get("access-control-allow-origin") in {None, served.address}


def test_a_request_of_another_origin_or_by_another_name_is_refused(served: Served) -> None:
    for sent in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Host": "evil.test"}):
        status, said, text = served.ask("/_stcore/health", **sent)
        assert (status, said.get("access-control-allow-origin")) == (403, None)
        assert "evil.test" in text or "null" in text
        assert {name: said.get(name) for name in headers()} == headers()
    assert served.ask("/_stcore/health", Origin=served.address)[0] == 200


def test_a_connection_needs_an_origin_of_the_same_host_and_port_and_nobody_is_asked(served: Served) -> None:
    port = urlsplit(served.address).port
    assert served.connect(Origin=served.address) == 101
    assert served.connect(Origin=f"http://127.0.0.1:{port}", Host=f"127.0.0.1:{port}") == 101
    others = ("http://localhost", "http://localhost:1", f"http://127.0.0.1:{port}", "http://evil.test", "null")
    assert {origin: served.connect(Origin=origin) for origin in others} == dict.fromkeys(others, 403)
    assert served.connect() == 403
    assert served.connect(Origin=f"http://evil.test:{port}", Host=f"evil.test:{port}") == 403
    assert served.asked_outside == []
    said = served.errors.read_text(encoding="utf-8")
    assert (
        f"Refused: a page of http://evil.test may not use localhost:{port}; open http://localhost:{port} in the browser\n"
        in said
    )


def test_the_agent_api_is_off(served: Served) -> None:
    assert "does not serve the agent API" in served.ask("/_stcore/agent/interact", "POST")[2]


@pytest.fixture
def another_site(served: Served) -> Iterator[str]:
    """A page of another server on this machine, which frames the dashboard, asks for it and connects to it."""
    page = f"""<!doctype html><title>waiting</title><iframe src="{served.address}"></iframe><script>
        const found = [];
        const tell = (what) => {{ found.push(what); if (found.length === 3) document.title = found.sort().join(", "); }};
        const socket = new WebSocket("{served.address.replace("http", "ws")}/_stcore/stream", ["streamlit"]);
        socket.onopen = () => tell("connected");
        socket.onerror = () => tell("not connected");
        fetch("{served.address}/_stcore/health").then(() => tell("read"), () => tell("not read"));
        const image = new Image();
        image.onload = () => tell("seen");
        image.onerror = () => tell("not seen");
        image.src = "{served.address}/favicon.png";
    </script>"""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as the library names it
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that was nowhere before."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_page_of_another_server_on_this_machine_gets_nothing(served: Served, another_site: str, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(another_site)
    expect(page).to_have_title("not connected, not read, not seen")
    assert not any(frame.url.startswith(served.address) and frame.query_selector("#root") for frame in page.frames[1:])
    assert any("frame-ancestors" in text for text in said)


def test_a_page_without_its_connection_asks_nobody_outside(served: Served, page: Page) -> None:
    """As behind a proxy with another name for the dashboard: the page loads, but its connection does not open."""
    visit = Visit(page).watch()
    page.add_init_script(
        "WebSocket = class extends WebSocket { constructor(url, ...rest) { super(url + 'x', ...rest); } }"
    )
    page.goto(served.address)
    page.wait_for_event("websocket")
    page.wait_for_event("websocket")
    outside = page.evaluate("fetch('https://data.streamlit.test/x').then(() => 'reached', () => 'refused')")
    assert outside == "refused"
    asked = [url for url in visit.requests if not url.startswith(("data:", "blob:"))]
    assert {urlsplit(url).hostname for url in asked} - {"data.streamlit.test"} == {"localhost"}


def test_a_dashboard_that_others_can_reach_says_so(four_days: Path, tmp_path: Path) -> None:
    with serving(four_days, tmp_path, "--host", "0.0.0.0", port=free_port()) as (_, said):
        served = Served(address_in(said), tmp_path / "stderr.txt", [])
        assert "Warning: other machines can reach 0.0.0.0" in served.errors.read_text(encoding="utf-8")
        assert served.connect(Host="dash.test", Origin="https://dash.test") == 101
        assert served.connect(Host="dash.test", Origin="https://evil.test") == 403
