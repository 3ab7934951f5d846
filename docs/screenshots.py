"""The pictures of the documentation, taken of the demo: `make screenshots`. They are kept, for they change seldom and need a browser.

A dashboard is taken as a browser shows it, a terminal as an SVG of what the commands print. Together they stay below 300 kB.
"""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from sample_logs import demo_files, registry_files
from tests.browser import find_browser
from tests.dashboard.visit import FLAGS, Visit, address_in, serving

IMAGES = Path(__file__).parent / "images"
COMMANDS = (
    "koppelzicht metric calls_per_day --integration 1761_303301 --since 2026-10-11 --until 2026-10-18",
    "koppelzicht metric errors_by_outcome --integration 1761_303301 --since 2026-10-14 --until 2026-10-16",
)
"""Two days stand out; what went wrong on them, and who can fix it."""
LINES = 9
"""So many lines of an answer are shown at most."""
DARK, LIGHT = (24, 28, 36), (222, 226, 232)
COLOURS = TerminalTheme(DARK, LIGHT, [DARK, *[LIGHT] * 7], [DARK, *[LIGHT] * 7])
SIZE: ViewportSize = {"width": 1560, "height": 1000}
PORT = 8599


def main() -> None:
    """Load the demo and take both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        _koppelzicht(lake, "ingest", *map(str, demo_files()))
        _koppelzicht(lake, "registry", "load", *map(str, registry_files()))
        (IMAGES / "terminal.svg").write_text(_terminal(lake), encoding="utf-8")
        (IMAGES / "dashboard.png").write_bytes(_dashboard(lake))
    for image in sorted(IMAGES.iterdir()):
        sys.stdout.write(f"{image.name}: {image.stat().st_size:,} bytes\n")


def _koppelzicht(lake: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "koppelzicht", *arguments, "--lake", str(lake)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _terminal(lake: Path) -> str:
    """The commands and their answers as an SVG that loads no font from elsewhere."""
    answers = [_koppelzicht(lake, *shlex.split(command)[1:]).splitlines() for command in COMMANDS]
    width = max(len(line) for answer in answers for line in answer) + 4
    console = Console(record=True, width=max(width, *(len(command) + 4 for command in COMMANDS)), file=io.StringIO())
    for command, answer in zip(COMMANDS, answers, strict=True):
        console.print(Text(f"$ {command}", style="bold"))
        console.print(Text("\n".join(answer[:LINES]) + "\n"))
    drawn = console.export_svg(title="Koppelzicht", theme=COLOURS, unique_id="koppelzicht")
    return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", drawn, flags=re.DOTALL)


def _dashboard(lake: Path) -> bytes:
    """The overview as a PNG of few colours."""
    with (
        serving(lake, lake.parent, port=PORT) as (_, said),
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_browser(), args=FLAGS) as browser,
    ):
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        Visit(page).watch().opened(address_in(said))
        taken = page.screenshot(animations="disabled")
    written = io.BytesIO()
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(colors=128).save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main()
