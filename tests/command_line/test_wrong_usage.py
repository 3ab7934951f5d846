"""A wrong command ends with exit code 2, and names the option and the expected values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.command_line.given import Run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ingst"], "Did you mean 'ingest'"),
        (["ingest"], "Missing argument"),
        (["metric"], "koppelzicht metric --list"),
        (["metric", "calls_per_dya"], "did you mean calls_per_day"),
        (["metric", "foo", "--list"], "there is no metric 'foo'"),
        (["metric", "calls_per_day", "--since", "yesterday"], "'--since': 'yesterday' is not a date like 2026-03-29"),
        (["metric", "calls_per_day", "--until", "2026-02-30"], "'--until': '2026-02-30' is not a date like 2026-03-29"),
        (
            ["metric", "calls_per_day", "--environment", "prod"],
            "'--environment': 'prod' is not production, test, accept",
        ),
        (["metric", "calls_per_day", "--product", "x"], "'--product': 'x' is not profit or sb"),
        (["metric", "calls_per_day", "--partner", "acme"], "'--partner': 'acme' is not a partner's number, like 12345"),
        (
            ["metric", "calls_per_day", "--integration", "1"],
            "'--integration': '1' is not an integration, like 12345_678900",
        ),
        (
            ["metric", "calls_per_day", "--since", "2026-03-29", "--until", "2026-03-29"],
            "'--since' / '--until': the period is empty: since 2026-03-29 is not before until 2026-03-29",
        ),
        (
            ["metric", "calls_per_day", "--format", "xml"],
            "'--format': 'xml' is not one of 'table', 'csv', 'json', 'parquet'",
        ),
        (["ingest", "x", "--overlap", "foo"], "'--overlap': 'foo' is not one of 'skip', 'load'"),
        (["dashboard", "--port", "abc"], "'--port': 'abc' is not a whole number"),
        (["dashboard", "--port", "70000"], "'--port': 70000 is too large; 65535 at most"),
        (["report", "partner", "abc", "--month", "2026-10"], "PARTNER: 'abc' is not a partner's number, like 12345"),
        (
            ["report", "month", "--month", "2026-10"],
            "'--month': write it without the name of an option: koppelzicht report month YYYY-MM",
        ),
        (["metric", "--name", "latency"], "'--name': write it without the name of an option: koppelzicht metric NAME"),
        (["unload", ""], "the argument after 'unload' is empty; is a variable not set?"),
        (["ingest", "calls.log", ""], "the argument after 'calls.log' is empty"),
        (["metric", "calls_per_day", "--partner", " "], "the argument after '--partner' is empty"),
        (["metric", "calls_per_day", "--partner="], "--partner is empty; is a variable not set?"),
        (["metric", "calls_per_day", "--json", "--format", "csv"], "exclude each other"),
        (["ingest", "x", "--layout", "$host", "--log-format", "w3c"], "a layout describes combined logs"),
        (["ingest", "x", "--layout", "no variable"], "--layout"),
        (["ingest", "x", "--log-format", "jsonl"], "did you mean json?"),
        (["ingest", "x", "--time-zone", "Mars/Olympus"], "Mars/Olympus"),
        (
            ["report", "partner", "12345", "--month", "October"],
            "'--month': 'October' is not a month; expected year and month",
        ),
        (["inspect", "x", "--limit", "0"], "'--limit': 0 is too small; 1 at least"),
        (
            ["status", "--max-age", "soon"],
            "'--max-age': 'soon' is not an age; expected something like 15m, 36h, 2d or 1h30m",
        ),
        (
            ["maintain", "--keep-calls", "9", "--as-of", "tomorrow"],
            "'--as-of': 'tomorrow' is not a date like 2026-03-31",
        ),
        (["maintain", "--as-of", "2026-03-31"], "'--as-of': it needs --keep-calls, --keep-sums or --keep-rejects"),
        (["status", "--max-age", "15"], "'15' is not an age"),
        (["status", "--max-age", "5m2h"], "'5m2h' is not an age"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(run: Run, arguments: list[str], words: str) -> None:
    code, out, err = run(*arguments)
    assert code == 2, err
    assert words in err
    assert out == ""
    assert "Traceback" not in err
    assert "Value error" not in err


@pytest.mark.parametrize("command", [["status"], ["verify"], ["rejects"], ["metric", "latency"], ["sql", "select 1"]])
def test_without_a_lake_it_says_how_to_make_one(run: Run, command: list[str]) -> None:
    code, out, err = run(*command)
    assert code == 1
    assert "koppelzicht ingest" in err
    assert out == ""
    assert "Traceback" not in err
