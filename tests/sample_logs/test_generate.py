"""The generator writes exactly the sample files, and they keep the promises about them."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import sample_logs
from sample_logs.generate import main, read_sample, write_samples
from tests.sample_logs import reading

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("demo", "registry", *reading.FORMATS)
MEBIBYTE = 1024 * 1024
OTHERWISE = "demo/focus/focus-2026-08.json.gz"


def files_below(folder: Path) -> list[Path]:
    return sorted(path for part in FOLDERS for path in (folder / part).rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, generated a second time, in a folder with a stale file and one that was compressed otherwise."""
    folder = tmp_path_factory.mktemp("samples")
    (folder / "demo" / "focus").mkdir(parents=True)
    (folder / "demo" / "stale.json").write_text("{}\n")
    (folder / OTHERWISE).write_bytes(compressed_otherwise())
    write_samples(folder)
    return folder


def compressed_otherwise() -> bytes:
    return gzip.compress(read_sample(reading.ROOT / OTHERWISE), compresslevel=1, mtime=0)


def test_generating_again_gives_the_committed_files(again: Path) -> None:
    assert [path.relative_to(again) for path in files_below(again)] == [
        path.relative_to(reading.ROOT) for path in files_below(reading.ROOT)
    ]
    differing = [
        path.relative_to(again)
        for path in files_below(again)
        if read_sample(path) != read_sample(reading.ROOT / path.relative_to(again))
    ]
    assert differing == []


def test_compressed_files_hold_neither_a_time_nor_a_name(again: Path) -> None:
    for path in again.rglob("*.gz"):
        assert path.read_bytes()[3:8] == bytes(5)  # no flags, so no name, and no time


def test_a_file_that_says_the_same_already_is_left_alone(again: Path) -> None:
    assert (again / OTHERWISE).read_bytes() == compressed_otherwise()
    assert (reading.ROOT / OTHERWISE).read_bytes() != compressed_otherwise()


def test_everything_together_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in files_below(reading.ROOT)}
    assert max(sizes.values()) < MEBIBYTE
    assert sum(path.stat().st_size for path in files_below(reading.ROOT)) < 4 * MEBIBYTE


def test_the_package_knows_its_files() -> None:
    assert {path.parent.name for path in sample_logs.demo_files()} == {"gateway", "proxy", "iis", "focus", "staging"}
    assert {path.suffix for path in sample_logs.demo_files()} == {".gz", ".zst", ".bz2", ".log", ".json", ".csv"}
    assert [path.name for path in sample_logs.registry_files()] == ["customers.csv", "integrations.csv", "partners.csv"]


def test_registry_has_the_columns_of_the_contract() -> None:
    columns = {
        name: (list(rows[0]), len(rows))
        for name in ("partners", "integrations", "customers")
        for rows in [reading.registry(name)]
    }
    assert columns == {
        "partners": (["partner", "name", "contact", "email", "phone"], 20),
        "integrations": (
            ["integration", "partner", "project", "name", "replaces", "certified_since", "certified_until", "listed"],
            31,
        ),
        "customers": (["customer", "name", "branch"], 200),
    }


def test_the_demo_is_three_whole_months_without_overlap() -> None:
    calls = Counter((call.stream, call.at, call.host, call.path, call.duration_ms) for call in reading.demo_calls())
    assert len(calls) > 79_990  # whole seconds let two calls look the same now and then
    assert calls.total() == 80_000
    local = [call.local for call in reading.demo_calls()]
    assert (f"{min(local):%Y-%m-%d}", f"{max(local):%Y-%m-%d}") == ("2026-08-01", "2026-10-31")


def test_every_file_is_in_order_of_time() -> None:
    for log in (*reading.demo(), *(log for name in reading.FORMATS for log in reading.week(name))):
        times = [call.at for call in log.calls]
        assert times == sorted(times)


def test_the_week_is_the_same_in_every_format() -> None:
    in_json, w3c, combined, in_csv = (
        [call for log in reading.week(name) for call in log.calls] for name in reading.FORMATS
    )
    assert len(in_json) == 2_000
    assert in_csv == in_json
    assert combined == in_json
    assert [reading.in_iis(call) for call in in_json] == [reading.in_iis(call) for call in w3c]


@pytest.mark.parametrize(
    ("log_format", "bad", "ignored"), [("json", 8, 2), ("w3c", 6, 13), ("combined", 6, 2), ("csv", 6, 4)]
)
def test_every_format_has_bad_lines_of_its_own(log_format: str, bad: int, ignored: int) -> None:
    logs = reading.week(log_format)
    assert (sum(log.bad for log in logs), sum(log.ignored for log in logs)) == (bad, ignored)
    readme = (reading.ROOT / "README.md").read_text(encoding="utf-8")
    assert f"| `{log_format}/` | {2000 + bad + ignored:,} | 2,000 | {bad} | {ignored} |" in readme


def test_no_number_of_partner_or_customer_is_a_real_one() -> None:
    """Real ones have five digits."""
    calls = {(call.host, call.identity) for call in (*reading.demo_calls(), *reading.week("json")[0].calls)}
    written = [*(reading.ROOT / "model").iterdir(), reading.ROOT / "README.md", *sample_logs.registry_files()]
    said = "\n".join([*(" ".join(call) for call in calls), *(path.read_text(encoding="utf-8") for path in written)])
    found = set(re.findall(r"(?<![\d.])(\d{5})(?:_\d|\.(?:rest|soap|afas))", said, re.IGNORECASE))
    rows = [*reading.registry("partners"), *reading.registry("integrations"), *reading.registry("customers")]
    found |= {row[key] for row in rows for key in ("partner", "customer") if len(row.get(key, "")) == 5}
    assert found == {"12345"}


def test_whatever_looks_like_a_token_says_that_it_is_made_up() -> None:
    for record in reading.json_records():
        authorization = record["headers"].get("Authorization", "***")
        assert "MADE-UP" in authorization or "TUFERS1VU" in authorization or authorization in ("***", "[REDACTED]")


@pytest.mark.parametrize(("log_format", "suffix"), [("json", ".zst"), ("combined", ".bz2")])
def test_a_long_log_has_as_many_calls_as_asked_for(tmp_path: Path, log_format: str, suffix: str) -> None:
    out = tmp_path / f"long.log{suffix}"
    assert main(["--calls", "3000", "--format", log_format, "--out", str(out)]) == 0
    log = reading.read_log(out, log_format)
    assert len(log.calls) == 3000
    assert len({call.customer for call in log.calls}) > 150


def test_calls_without_a_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--calls", "3000"])
    assert "--calls and --out go together" in capsys.readouterr().err
