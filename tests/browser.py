"""The browser of the end-to-end test: found, or installed if that needs no question.

As a script (`make test` runs it first) it prints the browser that it found, or the way to get one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/snap/bin/chromium",
    "${PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Google/Chrome/Application/chrome.exe",
    "${LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
    "${PROGRAMFILES}/Microsoft/Edge/Application/msedge.exe",
)


def find_browser() -> Path | None:
    """A Chromium, Chrome or Edge on this machine: on the PATH, in the usual places, or Playwright's own."""
    for command in COMMANDS:
        if found := shutil.which(command):
            return Path(found)
    for place in USUAL_PLACES:
        path = Path(os.path.expandvars(place))
        if path.is_file():
            return path
    return _playwright_browser()


def install_browser() -> str | None:
    """Install a browser without asking anything; what went wrong, or None."""
    if _may_install_debian_packages():
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        return _run("apt-get", "update", "-qq", environment=environment) or _run(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", environment=environment
        )
    return _run(sys.executable, "-m", "playwright", "install", "chromium")


def _may_install_debian_packages() -> bool:
    return (
        sys.platform == "linux"
        and os.geteuid() == 0
        and Path("/etc/debian_version").exists()
        and shutil.which("apt-get") is not None
    )


def _playwright_browser() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def _run(*command: str, environment: dict[str, str] | None = None) -> str | None:
    """Run it quietly; its last words where it failed."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return None
    words = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
    return f"{' '.join(command)}: exit {done.returncode}: {words}"


def main() -> None:
    """Say which browser the end-to-end test will use."""
    browser = find_browser()
    problem = None
    if browser is None:
        print("No Chromium, Chrome or Edge found; installing one for the end-to-end test ...", flush=True)
        problem = install_browser()
        browser = find_browser()
    if browser is None:
        print(f"No browser to be had ({problem}), so the end-to-end test will be skipped.")
        print("Install Chromium, Chrome or Edge, or run: .venv/bin/python -m playwright install chromium")
    else:
        print(f"The end-to-end test uses {browser}")


if __name__ == "__main__":
    main()
