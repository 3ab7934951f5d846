"""The parts of the reference that the code says itself: Markdown by the name of its place.

A page holds a place as a comment on a line of its own, `<!-- generated: calls -->`. `docs/build.py` fills it in.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import duckdb
import polars as pl
from typer.main import get_command

import koppelzicht
from analytics.alerts.kinds import Rule
from analytics.alerts.kinds.rule import RuleBase
from analytics.alerts.rules import QuietHours, Rules
from analytics.findings.finding import Kind as FindingKind
from analytics.findings.judged import JUDGED, judged
from analytics.metrics import metric, metric_names
from analytics.pair import answer as pair
from analytics.pair import cause
from analytics.registry.rows import Customer, Integration, Partner
from analytics.scope import Scope
from analytics.sending.channel import Channel
from analytics.warehouse.warehouse import Warehouse
from command_line.options.help_text import records
from ingest import call
from ingest.formats.dialect.known import dialects
from ingest.formats.dialect.model import Fields, paths_of
from ingest.known_format import known_formats
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import LOAD_COLUMNS
from ingest.lake.sums.kinds import KINDS
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from ingest.formats.dialect.model import Dialect

_HERE = Path(__file__).parent
_RULES = files("analytics.practices") / "steps" / "rules.sql"

_VOCABULARIES = {
    "product": call.Product,
    "protocol": call.Protocol,
    "environment": call.Environment,
    "id_status": call.IdStatus,
    "id_defect": call.IdDefect,
    "operation": call.Operation,
    "outcome": call.Outcome,
    "party": call.Party,
    "token_form": call.TokenForm,
    "reject_reason": call.RejectReason,
    "finding_kind": FindingKind,
    "pair_state": pair.State,
    "pair_cause": cause.Cause,
    "pair_reason": cause.Reason,
}
_REGISTRY: dict[str, type[BaseModel]] = {"partners": Partner, "integrations": Integration, "customers": Customer}


class StaleWordsError(Exception):
    """`words.toml` and the code do not hold the same words."""


def generated() -> dict[str, str]:
    """Every generated part by the name of its place."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        Lake(lake).create()
        with Warehouse.open(lake) as warehouse:
            warehouse.bind_sums()
            warehouse.bind_metrics()
            parts = {
                **{
                    relation: _relation(warehouse, relation)
                    for relation in ("calls", "rejects", "loads", *KINDS, *_REGISTRY)
                },
                "metrics": _metrics(warehouse),
                "outcomes": _outcomes(warehouse),
            }
    parts |= {
        f"words of {name}": _table(("word", "meaning"), words.items())
        for name, words in _words().items()
        if name != "outcome"
    }
    return (
        parts | {"commands": _commands(), "dialects": _dialects(), "formats": _formats(), "rules": _rules()} | _alerts()
    )


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose first column is code."""
    lines = [f"| {' | '.join(heading)} |", f"|{'---|' * len(heading)}"]
    lines += [f"| `{first}` | {' | '.join(_cell(text) for text in others)} |" for first, *others in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _described(warehouse: Warehouse, relation: str) -> list[tuple[str, str]]:
    """The columns of a relation and their types, in order."""
    schema, _, name = f"main.{relation}".rpartition(".")
    rows = warehouse.query(
        """
        select column_name, lower(data_type) as data_type
        from duckdb_columns()
        where schema_name = $schema and table_name = $name
        order by column_index asc
        """,
        {"schema": schema.removeprefix("main."), "name": name},
    )
    return list(rows.iter_rows())


def _relation(warehouse: Warehouse, relation: str) -> str:
    meanings = _meanings(relation)
    nullable = {column.name for column in _columns(relation) if column.nullable}
    return _table(
        ("column", "type", "meaning"),
        (
            (name, f"{kind}, may be null" if name in nullable else kind, meanings[name])
            for name, kind in _described(warehouse, relation)
        ),
    )


def _columns(relation: str) -> Sequence[call.Column]:
    match relation:
        case "calls":
            return call.CALL_COLUMNS
        case "rejects":
            return REJECT_COLUMNS
        case "loads":
            return LOAD_COLUMNS
        case _:
            return next((kind.columns for kind in KINDS.values() if kind.name == relation), ())


def _meanings(relation: str) -> Mapping[str, str]:
    if relation in _REGISTRY:
        return {name: field.description or "" for name, field in _REGISTRY[relation].model_fields.items()}
    return {column.name: column.meaning for column in _columns(relation)}


def _metrics(warehouse: Warehouse) -> str:
    return "\n\n".join(
        _judged(warehouse, name) if name in JUDGED else _metric(warehouse, name)
        for name in sorted([*metric_names(), *JUDGED])
    )


def _judged(warehouse: Warehouse, name: str) -> str:
    """What is asked for like a metric, and is no query."""
    told = JUDGED[name]
    rows = judged(warehouse, name, Scope(), today=dt.date.max)
    types = {pl.Int64: "bigint", pl.Float64: "double", pl.String: "varchar", pl.Date: "date"}
    columns = [(name, types.get(type(kind), "timestamp with time zone")) for name, kind in rows.schema.items()]
    return "\n\n".join(
        [
            f"## {name} {{ #{name} }}",
            f"**{told.title}**, in {told.unit}: {told.grain}.",
            _paragraphs(told.meaning),
            f"Key: {', '.join(f'`{column}`' for column in told.key)}. In SQL it is there if the query names it.",
            _table(("column", "type"), columns),
        ]
    )


def _metric(warehouse: Warehouse, name: str) -> str:
    """One metric: what it means, its columns and its SQL, folded."""
    told = metric(name)
    query = re.sub(r"\A(?:--.*\n)+", "", told.sql).strip()
    key = ", ".join(f"`{column}`" for column in told.key) or "none: the answer is one row"
    return "\n\n".join(
        [
            f"## {name} {{ #{name} }}",
            f"**{told.title}**, in {told.unit}: {told.grain}.",
            _paragraphs(told.meaning),
            f"Key: {key}.",
            _table(("column", "type"), _described(warehouse, f"metrics.{name}")),
            '<div data-search-exclude markdown="1">',
            '??? note "The SQL"',
            _indented(f"```sql\n{query}\n```"),
            "</div>",
        ]
    )


def _paragraphs(meaning: str) -> str:
    r"""The meaning, with what it says of single columns and words as a list.

    >>> _paragraphs("How busy it was. low: few calls. why: the reason.")
    'How busy it was.\n\n- `low`: few calls.\n- `why`: the reason.'
    """
    first, *others = re.split(r"(?<=\.) (?=[a-z_]+: )", meaning)
    listed = [f"- `{name}`: {text}" for name, _, text in (other.partition(": ") for other in others)]
    return "\n\n".join([first, "\n".join(listed)]) if listed else first


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def _outcomes(warehouse: Warehouse) -> str:
    """Which status is which outcome, and who can fix it: as the code decides it, status by status."""
    rows = warehouse.query(
        """
        select outcome_of(status, duration_ms, query_length) as outcome, list(distinct status order by status) as statuses
        from unnest(range(100, 600)) as statuses (status)
        cross join unnest([0.0, 900000.0]) as durations (duration_ms)
        cross join unnest([0, 2050]) as lengths (query_length)
        group by all
        """
    )
    statuses = dict(rows.iter_rows())
    parties = dict(
        warehouse.query(
            "select outcome, party_of(outcome) from unnest($words) as words (outcome)", {"words": list(statuses)}
        ).iter_rows()
    )
    return _table(
        ("outcome", "status", "who can fix it", "meaning"),
        (
            (word, _ranges(statuses[word]), parties[word] or "nobody needs to", meaning)
            for word, meaning in _words()["outcome"].items()
        ),
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Sorted numbers in few words.

    >>> _ranges([400, 402, 405, 406, 407])
    '400, 402, 405 to 407'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _rules() -> str:
    """The rules of use, as the metric `practices` judges them."""
    with duckdb.connect() as connection:
        rows = connection.execute(_RULES.read_text(encoding="utf-8")).fetchall()
    return _table(
        ("rule", "severity", "weight", "what to do"),
        ((rule, severity, str(weight), advice) for rule, severity, weight, _, advice in rows),
    )


def _alerts() -> dict[str, str]:
    """The keys of a file of rules for alerts, as its models say them."""
    kinds = get_args(get_args(Rule)[0])
    channels = get_args(get_args(Channel)[0])
    return {
        "alert file": _keys(Rules),
        "alert quiet_hours": _keys(QuietHours),
        "alert channels": "\n\n".join(f"{one.__doc__}\n\n{_keys(one)}" for one in channels),
        "alert rules": "\n\n".join(
            [
                _keys(RuleBase),
                *(
                    f"### {get_args(kind.model_fields['kind'].annotation)[0]}\n\n{kind.__doc__}\n\n{_keys(kind, RuleBase)}"
                    for kind in kinds
                ),
            ]
        ),
    }


def _keys(model: type[BaseModel], without: type[BaseModel] | None = None) -> str:
    """The keys of a table in TOML, but for those that another one has, too."""
    left_out = without.model_fields if without else {}
    return _table(
        ("key", "", "meaning"),
        (
            (name, "required" if field.is_required() else "", field.description or "")
            for name, field in model.model_fields.items()
            if name not in left_out
        ),
    )


def _formats() -> str:
    """The log formats: whose they are, and how they say who called what."""
    return _table(
        ("format", "what", "how it says who called what"),
        ((form.name, form.about, form.who) for form in known_formats()),
    )


def _dialects() -> str:
    return "\n\n".join(_dialect(dialect) for dialect in dialects().values())


def _dialect(dialect: Dialect) -> str:
    """One dialect: whose log it is, and which of its fields says what."""
    fields = [(name, paths_of(getattr(dialect.fields, name))) for name in Fields.model_fields]
    named = [
        (name, ", ".join(f"`{path}`" for path in paths)) for name, paths in fields if name != "query_ends_at" and paths
    ]
    where = f" ([documentation]({dialect.documentation}))" if dialect.documentation else ""
    return "\n\n".join(
        [
            f"### {dialect.name} {{ #{dialect.name} }}",
            f"{dialect.about}{where}. Format: `{dialect.format}`.",
            '??? note "Its fields"',
            _indented(_table(("field of a call", "names in the log, the first that a line has"), named)),
        ]
    )


def _commands() -> str:
    program = get_command(koppelzicht.app)
    return "\n\n".join(_command(command, context) for command, context in _leaves(program, None, "koppelzicht"))


def _leaves(command: Any, parent: Any, name: str) -> Iterator[tuple[Any, Any]]:
    """Every command that does something, with the context that knows its whole name."""
    context = command.context_class(command, info_name=name, parent=parent)
    inner: Mapping[str, Any] = getattr(command, "commands", {})
    if not inner or command.invoke_without_command:
        yield command, context
    for its_name, its_command in inner.items():
        yield from _leaves(its_command, context, its_name)


def _command(command: Any, context: Any) -> str:
    """One command: what it does, how it is called, and its options."""
    path = context.command_path
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"## {path.removeprefix('koppelzicht ')} {{ #{path.replace(' ', '-')} }}", _cell(command.help or "")]
    parts.append(f"```text\n{' '.join(usage.split())}\n```")
    for kind, title in (("argument", "argument"), ("option", "option")):
        if rows := list(records(command, context, kind)):
            parts.append(_table((title, "meaning"), rows))
    return "\n\n".join(parts)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """The meaning of every word of the closed vocabularies. StaleWordsError where some are missing or left over."""
    told: dict[str, dict[str, str]] = tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
    if differing := set(told) ^ set(_VOCABULARIES):
        raise StaleWordsError(f"docs/words.toml: it differs from docs/generated.py in {', '.join(sorted(differing))}")
    for name, vocabulary in _VOCABULARIES.items():
        if differing := set(told[name]) ^ set(get_args(vocabulary)):
            raise StaleWordsError(f"docs/words.toml: [{name}] differs from the code in {', '.join(sorted(differing))}")
    return {
        name: {word: told[name][word] for word in get_args(vocabulary)} for name, vocabulary in _VOCABULARIES.items()
    }
