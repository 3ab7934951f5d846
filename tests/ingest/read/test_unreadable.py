"""Sources that cannot be read are named, and the others are loaded."""

from __future__ import annotations

import errno
import json
import os
import random
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

import koppelzicht
from tests.ingest.lakes import BAD, broken, fate, fates, line, lines, load, load_one, loads, log_file, numbers

# -- what is no file


def test_an_empty_file_is_loaded(tmp_path: Path, lake: Path) -> None:
    path = log_file(tmp_path, b"")
    assert fate(load_one(lake, path)) == ("loaded", 0, 0, 0, 0)
    path.write_bytes(lines(0))
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)


def _no_file(tmp_path: Path, kind: str) -> str:
    path = tmp_path / kind
    match kind:
        case "a missing file":
            pass
        case "a missing folder":
            path = path / "access.log"
        case "a file without permission":
            if os.name == "nt" or os.geteuid() == 0:
                pytest.skip("nothing is without permission for root, or on Windows")
            path.write_bytes(lines(0))
            path.chmod(0)
        case "a FIFO":
            if not hasattr(os, "mkfifo"):
                pytest.skip("needs FIFOs")
            os.mkfifo(path)
        case "a socket":
            if not hasattr(socket, "AF_UNIX"):
                pytest.skip("needs sockets in the file system")
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))
        case "a device":
            return os.devnull
    return str(path)


@pytest.mark.parametrize(
    "kind",
    [
        "a missing file",
        "a missing folder",
        "a file without permission",
        "a FIFO",
        "a socket",
        "a device",
    ],
)
def test_what_cannot_be_read_is_named_and_the_others_go_on(
    tmp_path: Path, lake: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, good = _no_file(tmp_path, kind), log_file(tmp_path, lines(0))
    assert koppelzicht.run(["ingest", "--lake", str(lake), path, str(good)]) == 1
    assert f"failed: {path}: " in capsys.readouterr().err
    assert numbers(lake) == [0]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_in_a_folder_is_not_followed(tmp_path: Path, lake: Path) -> None:
    log_file(tmp_path, lines(0), "outside/secret.log")
    folder = tmp_path / "logs"
    log_file(tmp_path, lines(1), "logs/access.log")
    (folder / "link.log").symlink_to(tmp_path / "outside" / "secret.log")
    (folder / "links").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    report = load(lake, folder)
    assert numbers(lake) == [1]
    said = [warning for warning in report.warnings if warning.endswith("is a link; not followed")]
    assert said == [f"{folder / name}: is a link; not followed" for name in ("link.log", "links", "loop", "self")]


# -- what is no log


def test_binary_or_unknown_content_is_not_loaded(tmp_path: Path, lake: Path) -> None:
    for content in (
        b"\0" * 5000,
        random.Random(2).randbytes(5000),
        b"hello world\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    ):
        report = load_one(lake, log_file(tmp_path, content))
        assert (report.status, report.lines) == ("failed", 0)
        assert report.error is not None
        assert "unknown_format" in report.error
    assert loads(lake) == []


@pytest.mark.parametrize(
    ("begin", "help_text"),
    [
        ("hello", "name its format with --log-format, --layout or --dialect"),
        ("{\n", "it looks like JSON over several lines: jq -c . FILE writes one record per line"),
        ("[\r\n", "it looks like a JSON list: jq -c '.[]' FILE writes one record per line"),
        ("\ufeff[{", "it looks like a JSON list: jq -c '.[]' FILE writes one record per line"),
        ("[not JSON", "name its format with --log-format, --layout or --dialect"),
    ],
)
def test_of_unknown_content_it_is_said_what_helps(tmp_path: Path, lake: Path, begin: str, help_text: str) -> None:
    content = f'{begin}"status": 200}}\n'.encode()
    report = load_one(lake, log_file(tmp_path, content))
    assert report.error is not None
    assert report.error.endswith(f"; {help_text}")


def test_what_no_format_claims_in_a_folder_is_skipped_and_named(tmp_path: Path, lake: Path) -> None:
    path = log_file(tmp_path, b"hello world\n", "logs/readme.txt")
    log_file(tmp_path, lines(0), "logs/access.log")
    report = load(lake, tmp_path / "logs")
    assert fates(report) == [("loaded", 1, 0, 0, 0)]
    (warning,) = report.warnings
    assert warning.startswith(f"skipped: {path}: unknown_format")


# -- names and folders


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no UTF-8")
def test_a_name_that_is_no_utf_8_is_spelled_out_everywhere(
    tmp_path: Path, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff-logs"))
    folder.mkdir()
    path = folder / os.fsdecode(b"caf\xe9.log")
    path.write_bytes(lines(0, 1) + BAD)
    (folder / os.fsdecode(b"\xe9.zip")).write_bytes(b"PK\x03\x04 something")
    (folder / os.fsdecode(b"\xe9.link")).symlink_to(path)
    spelled = f"{tmp_path}/\\xff-logs/caf\\xe9.log"

    def said(*arguments: str) -> tuple[Any, str]:
        assert koppelzicht.run([*arguments, "--json"]) == 0
        captured = capsys.readouterr()
        captured.out.encode()
        return json.loads(captured.out), captured.err

    loaded, errors = said("ingest", "--lake", str(lake), str(folder))
    [one] = loaded["sources"]
    assert (one["source"], one["stream"], one["calls"], one["rejects"]) == (spelled, "\\xff-logs/caf\\xe9.log", 2, 1)
    assert ("/\\xff-logs/\\xe9.zip: is a zip archive" in errors, "\\xe9.link: is a link" in errors) == (True, True)
    assert [row["source"] for row in loads(lake)] == [spelled]
    assert said("inspect", str(path))[0]["lines"] == 3
    for name in (str(path), spelled):
        assert [row["source"] for row in said("rejects", "--lake", str(lake), "--source", name)[0]] == [spelled]
    assert said("rejects", "--lake", str(lake), "--retry", str(path))[0]["sources"][0]["source"] == spelled
    [stream] = said("status", "--lake", str(lake))[0]["streams"]
    assert stream["stream"] == "\\xff-logs/caf\\xe9.log"
    for name in (str(path), spelled):
        assert said("unload", str(name), "--lake", str(lake))[0]["loads"] == 1
        assert (
            said("ingest", "--lake", str(lake), str(path), "--stream", os.fsdecode(b"\xe9"))[0]["totals"]["calls"] == 2
        )
    path.write_bytes(b"nothing of ours\n")
    assert koppelzicht.run(["ingest", "--lake", str(lake), str(path)]) == 1
    assert f"failed: {spelled}: unknown_format" in capsys.readouterr().err
    assert broken(lake) == {}


def test_a_folder_that_cannot_be_listed_is_a_failure_and_the_others_are_loaded(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, name in enumerate(("a", "b", "c")):
        (tmp_path / "logs" / name).mkdir(parents=True)
        (tmp_path / "logs" / name / "access.log").write_bytes(lines(number))
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if str(path).endswith("/b"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert koppelzicht.run(["ingest", "--lake", str(lake), str(tmp_path / "logs")]) == 1
    said = f"failed: {tmp_path / 'logs' / 'b'}: cannot be listed: Permission denied; nothing in it is loaded"
    assert said in capsys.readouterr().err
    assert numbers(lake) == [0, 2]


# -- whatever one source raises


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        UnicodeDecodeError("utf-8", b"4321_1", 0, 1, "x"),
        KeyError("4321_1"),
        RecursionError(),
        OSError(5, "EIO"),
    ],
)
@pytest.mark.parametrize(
    "place", ["ingest.load.planning.document_format", "ingest.load.planning.format_of", "ingest.read.lines.line_ends"]
)
def test_whatever_one_source_raises_is_its_own_error_and_the_others_are_loaded(
    tmp_path: Path, lake: Path, error: Exception, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next fault is unknown, so this test puts one where bytes are examined: at the file with a mark in it."""
    log_file(tmp_path, lines(0), "logs/a.log")
    bad = log_file(tmp_path, lines(1) + line(2, body="the mark"), "logs/b.log")
    log_file(tmp_path, lines(3), "logs/c.log")
    module, _, name = place.rpartition(".")
    found = getattr(sys.modules[module], name)

    def raising(first: Any, *arguments: Any) -> Any:
        data = first.peek(1) if hasattr(first, "peek") else getattr(arguments[0], "data", b"") if arguments else first
        if b"the mark" in bytes(data or b""):
            raise error
        return found(first, *arguments)

    monkeypatch.setattr(place, raising)
    reports = {source.source: source for source in load(lake, tmp_path / "logs").sources}
    assert [fate(report)[:2] for report in reports.values()] == [("loaded", 1), ("failed", 0), ("loaded", 1)]
    said = reports[str(bad)].error or ""
    assert said.startswith(f"{bad}: ")
    assert ("4321_1" in said, "nothing" in said) == (False, True)
    assert numbers(lake) == [0, 3]
    assert broken(lake) == {}
