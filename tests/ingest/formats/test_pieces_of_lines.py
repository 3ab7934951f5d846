"""Pieces of a line that a container runtime or a driver has cut are no records, and their details say so."""

from __future__ import annotations

import itertools
import json
import random
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, SourceError, inspect
from tests.ingest import lakes, worked
from tests.ingest.formats.wrappings import caddy, combined, looked_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest import Inspection


def cri_pieces(pieces: Sequence[str], stream: str) -> list[str]:
    tags = ["P"] * (len(pieces) - 1) + ["F"]
    return [f"2026-10-01T07:00:00.28Z {stream} {tag} {piece}" for tag, piece in zip(tags, pieces, strict=True)]


def docker_pieces(pieces: Sequence[str], stream: str) -> list[str]:
    texts = [*pieces[:-1], f"{pieces[-1]}\n"]
    return [json.dumps({"log": text, "stream": stream, "time": "2026-10-01T07:00:00.28Z"}) for text in texts]


RUNTIMES = {"cri": cri_pieces, "docker": docker_pieces}


def cut(chance: random.Random, line: str, pieces: int) -> list[str]:
    ends = sorted(chance.sample(range(1, len(line)), pieces - 1))
    return [line[begin:end] for begin, end in itertools.pairwise([0, *ends, len(line)])]


def interleaved(chance: random.Random, *logs: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The lines of several logs in one, each in its own order."""
    order = [number for number, log in enumerate(logs) for _ in log]
    chance.shuffle(order)
    rests = [iter(log) for log in logs]
    return [next(rests[number]) for number in order]


def container(chance: random.Random, runtime: str, inside: Callable[..., str]) -> list[tuple[str, bool]]:
    """What a container has written on both of its streams, and which of its lines are pieces of others."""
    streams = []
    for place, stream in enumerate(("stdout", "stderr")):
        log: list[tuple[str, bool]] = []
        for number in range(8):
            pieces = cut(chance, inside(10 * place + number, customer=4321 + place), chance.choice([1, 1, 2, 3]))
            log += [(line, len(pieces) > 1) for line in RUNTIMES[runtime](pieces, stream)]
        streams.append([(RUNTIMES[runtime]([inside(1)], stream)[0], False), *log])
    return interleaved(chance, *streams)


def _refused(found: Inspection) -> dict[int, str]:
    return {reject.line_number: reject.detail or "" for reject in found.rejects}


@pytest.mark.parametrize("inside", [caddy, combined])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_pieces_of_a_line_are_no_record_and_say_what_they_are(
    tmp_path: Path, runtime: str, inside: Callable[..., str]
) -> None:
    for seed in range(3):
        lines = container(random.Random(seed), runtime, inside)
        found = looked_at(tmp_path / "log", *(line for line, _ in lines))
        whole = {number for number, (_, is_piece) in enumerate(lines, start=1) if not is_piece}
        assert {call.line_number for call in found.calls} == whole
        assert _refused(found).keys() == {number for number, (_, is_piece) in enumerate(lines, start=1) if is_piece}
        assert all("is a piece of a longer one" in detail for detail in _refused(found).values())
        assert all(detail.endswith("joins them; then load NEW") for detail in _refused(found).values())


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_piece_is_one_wherever_a_log_that_grows_ended(tmp_path: Path, runtime: str) -> None:
    lines = [line for line, _ in container(random.Random(7), runtime, caddy)]
    expected = _refused(looked_at(tmp_path / "log", *lines))
    path, lake = tmp_path / "log", tmp_path / "lake"
    for end in range(1, len(lines) + 1, 2):
        path.write_text("".join(f"{line}\n" for line in lines[:end]), encoding="utf-8")
        lakes.load(lake, path)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    lakes.load(lake, path)
    found = {row["line_number"]: row["detail"] for row in lakes.rows(Lake(lake).snapshot().rejects)}
    assert found == expected
    assert lakes.broken(lake) == {}


def test_a_number_that_is_cut_off_is_no_number(tmp_path: Path) -> None:
    line = combined(1)
    pieces = [
        *cri_pieces([line], "stdout"),
        *cri_pieces([line[:-2], line[-2:]], "stdout"),
        *cri_pieces(["x"], "stderr"),
    ]
    found = looked_at(tmp_path / "log", *pieces)
    assert [call.duration_ms for call in found.calls] == [42.0]
    assert ["piece" in detail for detail in _refused(found).values()] == [True, True, False]


def test_lines_that_are_kept_without_their_ends_are_no_pieces(tmp_path: Path) -> None:
    lines = [json.dumps({"log": text, "stream": "stdout"}) for text in (caddy(1), "started", caddy(2))]
    found = looked_at(tmp_path / "log", *lines)
    assert [call.line_number for call in found.calls] == [1, 3]
    assert list(_refused(found).values()) == ["no sound JSON object"]


def test_pieces_that_a_driver_has_marked_are_pieces(tmp_path: Path) -> None:
    marks: dict[str, dict[str, str]] = {
        "MESSAGE": {"CONTAINER_PARTIAL_MESSAGE": "true", "CONTAINER_PARTIAL_ID": "a1"},
        "log": {"partial_message": "true", "partial_id": "a1"},
    }
    for key, more in marks.items():
        pieces = cut(random.Random(1), caddy(2), 2)
        found = looked_at(
            tmp_path / "log", json.dumps({key: caddy(1)}), *(json.dumps({key: piece} | more) for piece in pieces)
        )
        assert [call.line_number for call in found.calls] == [1]
        assert all("is a piece of a longer one" in detail for detail in _refused(found).values())


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("is_whole", [True, False])
def test_the_command_that_is_said_joins_the_pieces(tmp_path: Path, runtime: str, *, is_whole: bool) -> None:
    if shutil.which("jq" if runtime == "docker" else "awk") is None:
        pytest.skip("jq or awk is not installed, so what it makes of pieces is not tried")
    chance = random.Random(3)
    path = tmp_path / "log"
    plain = [caddy(second) for second in range(5)]
    lines = [line for one in plain for line in RUNTIMES[runtime](cut(chance, one, 3), "stderr")]
    lines = [*(RUNTIMES[runtime]([plain[0]], "stderr") if is_whole else ()), *lines]
    if is_whole:
        said = next(iter(_refused(looked_at(path, *lines)).values()))
    else:
        with pytest.raises(SourceError, match="a container's runtime has cut its lines into pieces") as caught:
            looked_at(path, *lines)
        said = str(caught.value)
    command = re.search("((?:awk|jq) .*) > NEW", said)
    assert command is not None
    words = [str(path) if word == "FILE" else word for word in shlex.split(command[1])]
    path.write_bytes(subprocess.run(words, check=True, capture_output=True).stdout)
    joined = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    expected = looked_at(path, *(plain[:1] if is_whole else ()), *plain)
    assert (joined.calls, joined.rejects) == (expected.calls, [])
