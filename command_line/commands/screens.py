"""Answers on pages: dashboard, demo."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.times import now
from command_line.printing.progress import LoadProgress
from command_line.printing.standard import say

HostAddress = Annotated[str, typer.Option("--host", metavar="NAME", help="Address to listen on.")]
Port = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", min=1, max=65535, help="Port (default: the first free port from 8501 up)."),
]


def dashboard(*, lake: LakeOption = DEFAULT_LAKE, host: HostAddress = "localhost", port: Port = None) -> None:
    """Serve the dashboard. Only this machine can open it, unless you set --host."""
    from dashboard.shell.serve import serve
    from ingest import Lake

    if not Lake(lake).exists():
        say(f"{lake}: there is no lake here yet; 'koppelzicht ingest' creates one")
    raise typer.Exit(serve(lake, host=host, port=port))


def demo(
    *,
    lake: Annotated[
        Path | None,
        typer.Option("--lake", metavar="DIR", help="Folder of a new lake to keep (default: a temporary lake)."),
    ] = None,
    host: HostAddress = "localhost",
    port: Port = None,
) -> None:
    """Load three months of demo logs into a fresh lake and serve the dashboard on it."""
    if lake is not None:
        _serve_demo(lake, host, port)
    with tempfile.TemporaryDirectory(prefix="koppelzicht-demo-") as folder:
        _serve_demo(Path(folder) / "lake", host, port)


def _serve_demo(lake: Path, host: str, port: int | None) -> NoReturn:
    import ingest as floor
    from analytics.registry import load_registry
    from dashboard.shell.serve import serve
    from sample_logs import demo_files, registry_files

    say(f"Loading three months of demo logs into {lake}")
    with LoadProgress() as progress:
        report = floor.ingest(
            lake, [str(file) for file in demo_files()], floor.ReadOptions(), now=now(), progress=progress
        )
    load_registry(lake, registry_files(), now=now())
    calls = sum(source.calls for source in report.sources)
    say(f"{counted(calls, 'call')}. Ask more of them in another terminal: koppelzicht status --lake {lake}")
    raise typer.Exit(serve(lake, host=host, port=port))
