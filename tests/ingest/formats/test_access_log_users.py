"""Who called, in an access log: users may have any name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions
from tests.ingest import worked
from tests.ingest.formats.tables import HEADER, NAMES, ROW, ROWS, inspected, table
from tests.oracle.oracle import Context, Reject, read_file

if TYPE_CHECKING:
    from pathlib import Path


USERS = ["jan de boer", '"kar 17"', "", '""', "-", "jan", r"AFAS\u12", "a  b", "jan [x", "-x y"]
TAIL = '[01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 5'
MORE = '"-" "Acme/1.0" "1107_301201" 0.087'
LAYOUTS = {
    "our default": (f"4321.rest.afas.online 10.0.0.1 - {{}} {TAIL} {MORE}", None),
    "common": (f"10.0.0.1 - {{}} {TAIL}", None),
    "with a host": (f'4321.rest.afas.online 10.0.0.1 - {{}} {TAIL} "-" "Acme"', None),
    "Apache": (f"10.0.0.1 - {{}} {TAIL}", '%h %l %u %t "%r" %>s %b'),
    "nginx": (
        f"10.0.0.1 - {{}} {TAIL}",
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent',
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_user_may_have_any_name(tmp_path: Path, name: str) -> None:
    line, layout = LAYOUTS[name]
    users = [user for user in USERS if user != "jan [x"]
    options = ReadOptions(layout=layout, host="4321.rest.afas.online", final=True)
    found = inspected(tmp_path, table(*(line.format(user) for user in users)), options)
    assert [reject.sample for reject in found.rejects] == []
    assert [call.customer for call in found.calls] == ["4321"] * len(users)


def test_a_user_with_blanks_alone_tells_the_layout(tmp_path: Path) -> None:
    for line, layout in LAYOUTS.values():
        for user in ("jan boer", "jan de boer"):
            options = ReadOptions(layout=layout, host="4321.rest.afas.online", final=True)
            found = inspected(tmp_path, table(line.format(user)), options)
            assert [call.customer for call in found.calls] == ["4321"]


def test_a_value_more_in_front_is_no_name_with_blanks(tmp_path: Path) -> None:
    lines = [f"10.0.0.1 - - {TAIL}"] * 3 + [f"7654.rest.afas.online 10.0.0.1 - jan {TAIL}"]
    found = inspected(tmp_path, table(*lines), ReadOptions(host="4321.rest.afas.online", final=True))
    assert [call.customer for call in found.calls] == ["4321"] * 3
    assert [reject.reason for reject in found.rejects] == ["not_a_record"]


def test_the_oracle_gives_tables_and_users_the_same_fates(tmp_path: Path) -> None:
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    default = LAYOUTS["our default"][0]
    contents = {
        "csv": [
            table("sep=|", "|".join(NAMES), "|".join(ROWS[0]), "sep=;", HEADER, f"{ROW};", f"{ROW}; x", f" {ROW} "),
            table(HEADER, "# x", f"# x\r{ROW}", f"{ROW};;", f'"{ROWS[0][0]}" ;{";".join(ROWS[0][1:])}'),
            table(f"{HEADER};status", f"{ROW};200", f"{ROW};201", f"{ROW};"),
        ],
        "combined": [table(*(default.format(user) for user in USERS), default.format("- jan"))],
        "w3c": [table("#Fields: time x", "#Fields: date time cs-method x x sc-status", "a b c d e f")],
    }
    for log_format, files in contents.items():
        for content in files:
            found = inspected(tmp_path, content, ReadOptions(log_format=log_format, final=True))
            fates: dict[int, object] = {call.line_number: call.customer for call in found.calls}
            fates |= {reject.line_number: reject.reason for reject in found.rejects}
            expected = [
                one["customer"] if isinstance(one, dict) else one.reason if isinstance(one, Reject) else "ignored"
                for one in read_file(log_format, content, context)
            ]
            assert [fates.get(number, "ignored") for number in range(1, found.lines + 1)] == expected, content
