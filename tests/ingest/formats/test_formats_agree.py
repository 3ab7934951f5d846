"""The same calls in every format and compression give the same values wherever the format carries the field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, inspect
from tests.ingest import lakes, strategies, worked
from tests.ingest.formats.writing import COMPRESSIONS, NOT_CARRIED, WRITERS, Given
from tests.ingest.formats.writing_dialects import DIALECTS, LEAVES_OUT, in_dialect
from tests.oracle.oracle import Context, Ignored, Reject, read_file

if TYPE_CHECKING:
    import pytest

FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OF_THE_LOAD = {"load_id", "line_number"}


def _fates(path: Path, log_format: str) -> list[dict[str, object]]:
    """The product's call or reject for every line that is not a header, in the order of the lines."""
    options = ReadOptions(stream="test", final=True)
    inspection = inspect(str(path), options, limit=None, now=worked.NOW)
    assert inspection.log_format == log_format
    fates = {call.line_number: call.model_dump(exclude=OF_THE_LOAD) for call in inspection.calls}
    fates |= {reject.line_number: {"reason": reject.reason} for reject in inspection.rejects}
    return [fates[line] for line in sorted(fates)]


def _without(fates: list[dict[str, object]], names: set[str]) -> list[dict[str, object]]:
    return [{name: value for name, value in fate.items() if name not in names} for fate in fates]


@FEW
@given(st.lists(strategies.calls(), min_size=20, max_size=40))
def test_the_same_calls_in_every_format_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Given]
) -> None:
    folder = tmp_path_factory.mktemp("formats")
    found = {}
    for log_format, write in WRITERS.items():
        path = folder / f"{log_format}.log"
        path.write_bytes(write(calls))
        found[log_format] = _fates(path, log_format)
    for log_format, fates in found.items():
        not_carried = NOT_CARRIED[log_format]
        expected = _without(found["json"], not_carried)
        assert worked.different_fates(_without(fates, not_carried), expected) == [], log_format


@settings(FEW, max_examples=2)  # the first has the simplest calls only, none with an id
@given(st.lists(strategies.calls(), min_size=80, max_size=80))
def test_the_same_calls_in_every_dialect_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Given]
) -> None:
    folder = tmp_path_factory.mktemp("dialects")
    contents = {"json": WRITERS["json"](calls)} | {name: in_dialect(name, calls) for name in DIALECTS}
    for name, content in contents.items():
        (folder / f"{name}.log").write_bytes(content)
    lakes.load(folder / "lake", *(folder / f"{name}.log" for name in contents))
    loads = {load["load_id"]: load for load in lakes.loads(folder / "lake")}
    found: dict[str, dict[int, dict[str, object]]] = {name: {} for name in contents}
    for row in [*lakes.calls(folder / "lake"), *lakes.stored(folder / "lake", "rejects")]:
        name = Path(loads[row["load_id"]]["source"]).stem
        fate = {key: value for key, value in row.items() if key not in {*OF_THE_LOAD, "stream"}}
        found[name][row["line_number"]] = {"reason": fate["reason"]} if "reason" in fate else fate
    named = {Path(load["source"]).stem: load["dialect"] for load in loads.values()}
    assert named == {"json": None} | {name: dialect for name, (dialect, _, _) in DIALECTS.items()}
    for name, (_, _, not_carried) in DIALECTS.items():
        fates, ours = (
            _without([fates[line] for line in sorted(fates)], not_carried) for fates in (found[name], found["json"])
        )
        assert len(fates) == len(calls)
        if name in LEAVES_OUT:
            first_id = next(
                (number for number, call in enumerate(calls) if call.integration_id is not None), len(calls)
            )
            ours = [
                fate | {"id_status": "not_logged"} if "id_status" in fate and number < first_id else fate
                for number, fate in enumerate(ours)
            ]
        assert worked.different_fates(fates, ours) == [], name


@FEW
@given(st.lists(strategies.calls(), min_size=20, max_size=40))
def test_product_and_oracle_read_the_same_calls_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Given]
) -> None:
    folder = tmp_path_factory.mktemp("oracle")
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    for log_format, write in WRITERS.items():
        path = folder / f"{log_format}.log"
        path.write_bytes(write(calls))
        fates = [fate for fate in read_file(log_format, write(calls), context) if not isinstance(fate, Ignored)]
        expected: list[dict[str, object]]
        expected = [{"reason": fate.reason} if isinstance(fate, Reject) else fate for fate in fates]
        assert worked.different_fates(_fates(path, log_format), _without(expected, OF_THE_LOAD)) == [], log_format


@FEW
@given(st.lists(strategies.calls(), min_size=5, max_size=10), st.sampled_from(sorted(WRITERS)))
def test_a_compressed_file_says_what_the_plain_one_says(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Given], log_format: str
) -> None:
    folder = tmp_path_factory.mktemp("compressed")
    content = WRITERS[log_format](calls)
    found = []
    for suffix, compress in COMPRESSIONS.items():
        path = folder / f"same.log{suffix}"
        path.write_bytes(compress(content))
        found.append(_fates(path, log_format))
    assert found == [found[0]] * len(found)
