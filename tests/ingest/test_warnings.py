"""What the operator is told of a source that was loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ingest import lakes

if TYPE_CHECKING:
    from pathlib import Path


def test_a_log_in_which_nobody_has_an_id_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_bytes(b"".join(lakes.line(number, headers={}) for number in range(100)))
    assert lakes.load(tmp_path / "lake", path).warnings == (
        f"{path}: none of its 100 calls has an IntegrationId: every call is unidentified; does the log hold that header?",
    )


def test_one_id_or_few_calls_are_no_reason_to_warn(tmp_path: Path) -> None:
    few, one = tmp_path / "few.log", tmp_path / "one.log"
    few.write_bytes(b"".join(lakes.line(number, headers={}) for number in range(99)))
    malformed = lakes.line(200, headers={"IntegrationId": "4321-1"})
    one.write_bytes(b"".join(lakes.line(number, headers={}) for number in range(100, 200)) + malformed)
    assert lakes.load(tmp_path / "lake", few, one).warnings == ()
