"""Names of files, folders and streams are checked as every other text is before they are stored."""

from __future__ import annotations

import random
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.registry import load_registry
from ingest import LakeError, ReadOptions, ingest, inspect, status, unload
from ingest.engine.connection import connect
from ingest.engine.stored_names import stored_name
from ingest.lake.lake import Lake
from ingest.load.following import follow
from ingest.read.names import stream_of
from tests.ingest import lakes
from tests.ingest.worked import NOW

TELLING = (
    "jan@example.nl",
    "export voor jan.jansen%40example.nl",
    "bsn 123456782",
    "20261014-123456782",
    "AfasToken 4f2a",
    "Bearer eyJhbGciOiJIUzI1NiJ9",
    "NL91ABNA0417164300",
    "password=geheim",
)
ORDINARY = (
    "access.log-20261014.gz",
    "access-20261014140000.log",
    "access.2026-10-14T14-00-00.123.log",
    "u_ex26101412.log",
    "calls-1760450000.json",
    "calls-1760450000123.json",
    "12345.rest.afas.online.log",
    "10.0.0.5-access.log.1",
    "W3SVC1",
    "1234567_12345678.csv",
    "logs van oktober (2)",
    "logboek één",
    "-",
    "",
)


@pytest.mark.parametrize("part", TELLING)
@pytest.mark.parametrize(
    "form", ["{}", "{}.log", "{}.json.gz", "/srv/{}/access.log", "logs/{}.log", "C:\\logs\\{}\\u_ex.log"]
)
def test_a_part_of_a_name_that_tells_something_is_taken_out(part: str, form: str) -> None:
    assert stored_name(form.format(part)) == form.format("redacted")


@pytest.mark.parametrize("part", ORDINARY)
@pytest.mark.parametrize("form", ["{}", "/srv/logs/{}", "{}/access.log", "C:\\{}\\a"])
def test_an_ordinary_name_stays_as_it_is(part: str, form: str) -> None:
    assert stored_name(form.format(part)) == form.format(part)


CONTAINER = "4f1c9b7e02d85a6634c1f0e9ab7d2c5580be41f7a9d36c02e87b15f4ca90d31e"


@pytest.mark.parametrize(
    ("name", "stored", "stream"),
    [
        (
            f"/var/lib/docker/containers/{CONTAINER}/{CONTAINER}-json.log",
            "/var/lib/docker/containers/{0}/{0}-json.log",
            "{0}/json.log",
        ),
        (f"/srv/logs/{CONTAINER}.log.1", "/srv/logs/{0}.log.1", "logs/{0}.log"),
        (
            f"/var/log/containers/web-1_shop_web-{CONTAINER}.log",
            "/var/log/containers/web-1_shop_web-{0}.log",
            "containers/web-_shop_web-{0}.log",
        ),
    ],
)
def test_a_container_is_called_as_docker_calls_it(name: str, stored: str, stream: str) -> None:
    assert stored_name(name) == stored.format(CONTAINER[:12])
    assert stored_name(stream_of(name)) == stream.format(CONTAINER[:12])


def test_any_two_containers_are_told_apart_and_little_of_their_ids_is_kept() -> None:
    draw = random.Random(3)
    ids = [f"{draw.getrandbits(256):064x}" for _ in range(2000)]
    names = [f"containers/{one}/{one}-json.log" for one in ids]
    streams = [stream_of(f"/var/lib/docker/{name}") for name in names]
    query = "select list_transform(?::varchar[], lambda name: redacted_file_name(name))"
    with connect(threads=1) as connection:
        for places in (names, streams):
            [[stored]] = connection.execute(query, [places]).fetchall()
            [[again]] = connection.execute(query, [stored]).fetchall()
            assert again == stored
            assert len(set(stored)) == len(ids)
            assert not any("redacted" in place for place in stored)
            longest = [max(len(word) for word in re.findall("[0-9a-f]+", place)) for place in stored]
            assert max(longest) == 12
        firsts = sum(place.startswith(one[:12]) for place, one in zip(stored, ids, strict=True))
        assert firsts > 0.9 * len(ids)


@pytest.mark.parametrize(
    "part",
    [
        CONTAINER.upper(),
        CONTAINER[:48],
        CONTAINER + CONTAINER[:2],
        "q9Zx3LmTr8VbKw2YhNd5PcGf7SjAe4UuXo1RiEt6MyBs",
        b"jan@example.nl 123456782 Utrecht".hex(),
        b"token=geheim1234 jan jansen 1234".hex(),
        f"{CONTAINER}-{CONTAINER[::-1]}",
    ],
)
@pytest.mark.parametrize("form", ["{}", "/srv/{}/access.log", "{}-json.log"])
def test_other_long_random_text_stays_in_no_name(part: str, form: str) -> None:
    assert part not in stored_name(form.format(part))
    assert "redacted" in stored_name(form.format(part))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.text(st.one_of(st.sampled_from("/\\.@-_09a "), st.characters(codec="utf-8")), max_size=30))
def test_a_stored_name_is_stored_as_it_is(name: str) -> None:
    assert stored_name(stored_name(name)) == stored_name(name)


def bytes_below(folder: Path) -> bytes:
    """All that stands in the files of a folder, and how they are called."""
    return b"\n".join(
        str(path).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    )


def test_no_name_that_tells_something_gets_into_a_lake(tmp_path: Path) -> None:
    """Not by a load, as a stream, by a follower or with the registry; and a load of such a file is taken back by its id."""
    lake, logs = tmp_path / "lake", tmp_path / "jan@example.nl"
    (logs / "bsn 123456782").mkdir(parents=True)
    log, other = logs / "piet@example.nl.log", logs / "bsn 123456782" / "access.log"
    log.write_bytes(lakes.lines(1, 2) + lakes.BAD)
    other.write_bytes(lakes.lines(3))
    (logs / "klaas@example.nl.gz").write_bytes(b"\x1f\x8b no gzip")
    report = ingest(lake, [str(log)], ReadOptions(), now=NOW)
    assert [source.source for source in report.sources] == [str(log)]
    looked = inspect(str(log), ReadOptions(), limit=None, now=NOW)
    assert {call.stream for call in looked.calls} == {"redacted/redacted.log"}
    ingest(lake, [str(other)], ReadOptions(stream="Bearer eyJhbGciOiJIUzI1NiJ9"), now=NOW)
    partners = tmp_path / "mia@example.nl.csv"
    partners.write_text("partner,name\n1234567,Acme\n", encoding="utf-8")
    load_registry(lake, [partners], now=NOW)
    rounds = follow(lake, [str(logs)], ReadOptions(), every=0.05, clock=lambda: NOW, stop=threading.Event())
    next(rounds)
    assert [one.source for one in status(lake, now=NOW).skipped] == [f"{tmp_path}/redacted/redacted.gz"]
    found = bytes_below(lake)
    rounds.close()
    for telling in (b"example.nl", b"123456782", b"eyJhbGci"):
        assert telling not in found
    loads = Lake(lake).snapshot().loads.to_pylist()
    assert {(load["source"], load["stream"]) for load in loads} == {
        (f"{tmp_path}/redacted/redacted.log", "redacted/redacted.log"),
        (f"{tmp_path}/redacted/redacted/access.log", "redacted"),
    }
    with pytest.raises(
        LakeError, match=r"this name is stored as .*redacted\.log, because it may hold a secret or a person's name"
    ):
        unload(lake, str(log), now=NOW)
    [load_id] = [load["load_id"] for load in loads if load["source"].endswith("redacted.log")]
    assert unload(lake, load_id, now=NOW).calls == 2


def test_names_that_are_judged_together_are_stored_as_each_of_them_is(tmp_path: Path) -> None:
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    names = [f"{part}/{number}.log" for number, part in enumerate([*TELLING, *ORDINARY[:-2]]) if "/" not in part]
    assert len(names) > 10
    for number, name in enumerate(names):
        (logs / name).parent.mkdir(parents=True)
        (logs / name).write_bytes(lakes.lines(number))
    report = ingest(lake, [str(logs)], ReadOptions(), now=NOW)
    assert {source.status for source in report.sources} == {"loaded"}
    loads = Lake(lake).snapshot().loads.to_pylist()
    found = sorted((load["source"], load["stream"]) for load in loads)
    assert found == sorted((stored_name(str(logs / name)), stored_name(stream_of(str(logs / name)))) for name in names)
    assert sum("redacted" in source for source, _ in found) > 5
