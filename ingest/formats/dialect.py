"""A dialect: what the fields of somebody's JSON or CSV log are called, as data.

The dialects of known products are the files in `dialects/`; `--dialect FILE` reads one of a user's own.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ingest.errors import SourceError
from ingest.formats.id_name import is_id_name
from ingest.formats.unread import MOST_KEPT, unread_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic_core import ErrorDetails

_FOLDER = Path(__file__).parent / "dialects"
_PARTS = re.compile(r'(?:^|\.)(?:"([^"]+)"|([^."]+))')
_TIME_FORMAT = re.compile(r"(?:[^%]|%[YmdHMSfzabABjyIpTFR%]|%-[dmHMSIjy])+")
_SHORTHANDS = {"%T": "%H:%M:%S", "%F": "%Y-%m-%d", "%R": "%H:%M"}
_MAX_BYTES = 1 << 20

OWN, OWN_CSV = "koppelzicht", "koppelzicht_csv"
"""The names of our own dialects."""

UNITS = {"s": 1000.0, "ms": 1.0, "us": 0.001, "ns": 0.000001}
"""The units of a duration, each in milliseconds."""


def parts_of(path: str) -> tuple[str, ...]:
    """The keys that lead to a field, from the outside in; empty where the text is no path.

    >>> parts_of('attributes."http.request.method"')
    ('attributes', 'http.request.method')
    """
    found = list(_PARTS.finditer(path))
    if "".join(match[0] for match in found) != path:
        return ()
    return tuple(match[1] or match[2] for match in found)


def places_of(path: str) -> list[tuple[str, ...]]:
    """Where a field may be: inside of other objects, and beside them under its whole name.

    >>> places_of("url.path")
    [('url', 'path'), ('url.path',)]
    """
    parts = parts_of(path)
    return [parts] if '"' in path or len(parts) < 2 else [parts, (path,)]


def near(name: str, known: Iterable[str]) -> str:
    """The known names like this one, as the end of a sentence."""
    found = difflib.get_close_matches(name, list(known), n=3)
    return f"; near: {', '.join(found)}" if found else ""


def _is_path(text: str) -> str:
    if not parts_of(text):
        raise ValueError('is no path of a field; expected names with dots between them, such as request.uri or a."b.c"')
    return text


def _listed(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def _with_field(value: object) -> object:
    """A list of fields with what is known of them; of a bare name no more than that."""
    return (
        [{"field": one} if isinstance(one, str) else one for one in value]
        if isinstance(value, (list, tuple))
        else (_with_field([value]))
    )


def _with_place(value: object) -> object:
    sources = value if isinstance(value, (list, tuple)) else [value]
    return [{"at": source} if isinstance(source, str) else source for source in sources]


FieldPath: TypeAlias = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_is_path)]
Paths: TypeAlias = Annotated[tuple[FieldPath, ...], BeforeValidator(_listed)]
"""One field, or several of which the first that a line has counts."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeField(_Model):
    """A time in one field or as date and time of day in two.

    ISO 8601, a number since 1970 and the time of an access log are known without a format; others as strptime has them. A
    format for date and time of day together has one blank between them.
    """

    field: FieldPath | None = None
    format: str | None = None
    date: FieldPath | None = None
    time: FieldPath | None = None

    @property
    def engine_format(self) -> str | None:
        """The format as the engine takes it, which has no shorthands."""
        form = self.format
        for short, long in _SHORTHANDS.items() if form is not None else ():
            form = form and re.sub(f"(?<!%)((?:%%)*){short}", rf"\g<1>{long}", form)
        return form

    @field_validator("format")
    @classmethod
    def _is_format(cls, text: str | None) -> str | None:
        if text is not None and not (_TIME_FORMAT.fullmatch(text) and re.search("%-?[YyF]", text)):
            raise ValueError("is no format of a time; expected one as strptime has it, such as '%d.%m.%Y %H:%M:%S'")
        return text

    @model_validator(mode="after")
    def _is_one_time(self) -> Self:
        if (self.field is None) == (self.date is None) or (self.date is None) != (self.time is None):
            raise ValueError("expected field, or date and time")
        return self


class Duration(_Model):
    """How long a call took: a number of units, the sum of several of them, or the times when it began and ended.

    A text with a unit of its own, such as 12ms, PT1.5S or 00:00:01.5, means what it says.
    """

    field: FieldPath | None = None
    unit: Literal["s", "ms", "us", "ns"] | None = None
    begin: FieldPath | None = None
    end: FieldPath | None = None
    is_list: bool = False
    """Whether the field holds one duration for each server that was asked, as nginx's upstream_response_time: they add up."""
    sum: tuple[FieldPath, ...] = ()
    """Fields that add up; those that are not there are left out."""

    @model_validator(mode="after")
    def _is_one_duration(self) -> Self:
        ways = [self.field is not None, bool(self.sum), self.begin is not None]
        if ways.count(True) != 1 or (self.begin is None) != (self.end is None):
            raise ValueError("expected field and unit, or sum and unit, or begin and end")
        if (self.begin is None) != (self.unit is not None):
            raise ValueError(f"unit is missing; expected one of {', '.join(UNITS)}")
        if self.is_list and self.field is None:
            raise ValueError("is_list is for one field")
        return self


class HeaderSource(_Model):
    """Where the request's headers are: an object of them, or fields that are called as a header with something before it."""

    at: FieldPath | None = None
    prefix: str = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.at or self.prefix):
            raise ValueError("expected at, the object that holds the headers, or prefix, or both")
        return self


class Pairs(_Model):
    """An object that is written as a list of names and values."""

    at: FieldPath
    name: str = "name"
    value: str = "value"


class KnownBy(_Model):
    """What a line of this dialect has, and lines of others have not; of several fields in a list any will do."""

    fields: tuple[Paths, ...] = ()
    values: dict[FieldPath, Annotated[tuple[str, ...], BeforeValidator(_listed)]] = {}
    absent: tuple[FieldPath, ...] = ()
    is_plain: bool = False
    """Whether names that anybody could choose are enough where no other dialect claims the line."""


class Fields(_Model):
    """Which field of a line says what."""

    timestamp: Annotated[tuple[TimeField, ...], BeforeValidator(_with_field)]
    status: Paths
    method: Paths = ()
    url: Paths = ()
    """Absolute; one that begins with a slash is completed with the host."""
    request: Paths = ()
    """The request line: GET /path HTTP/1.1."""
    host: Paths = ()
    path: Paths = ()
    """With the query or without it."""
    query: Paths = ()
    query_ends_at: str | None = None
    """What begins that which the product writes behind the caller's query."""
    integration_id: Paths = ("integration_id",)
    """The header as a field of its own. The last name of a path that is one of its names stands for all of them."""
    duration: Annotated[tuple[Duration, ...], BeforeValidator(_listed)] = ()
    request_bytes: Paths = ()
    response_bytes: Paths = ()
    user_agent: Paths = ()
    request_id: Paths = ()
    authorization: Paths = ()
    api_version: Paths = ()
    body: Paths = ()

    @model_validator(mode="after")
    def _make_a_call(self) -> Self:
        if not (self.method or self.request):
            raise ValueError("method is missing; expected method, or request for a field like 'GET /path HTTP/1.1'")
        if not (self.url or self.path or self.request):
            raise ValueError("url is missing; expected url, or path (with host), or request")
        return self

    def needed(self) -> Mapping[str, tuple[str, ...]]:
        """What a call cannot do without, and the fields that may say it."""
        return {
            "timestamp": tuple(time.field or time.date or "" for time in self.timestamp),
            "method": (*self.method, *self.request),
            "url": (*self.url, *self.path, *self.request),
            "status": self.status,
        }


class Dialect(_Model):
    """The names of the fields in a log of JSON lines or CSV."""

    name: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,39}$")]
    like: str | None = None
    """A known dialect that this one extends; None once it is a whole of its own."""
    format: Literal["json", "csv"] = "json"
    about: str = ""
    documentation: str = ""
    fields: Fields
    headers: Annotated[tuple[HeaderSource, ...], BeforeValidator(_with_place)] = ()
    headers_complete: bool = False
    """Whether a header that is not among them was not sent."""
    headers_removed: tuple[str, ...] = ()
    """Headers that the product takes out of the log, so that nobody knows whether they were sent."""
    headers_left_out: bool = False
    """Whether a header that was not sent leaves no field, so that a line without it may be of a log that holds it."""
    logs_no_headers: bool = False
    """Whether the product cannot log the headers of requests, so that to have it log one is no advice."""
    empty: tuple[str, ...] = ("", "-")
    """Values that stand for none."""
    known_by: KnownBy | None = None
    records: tuple[tuple[str, ...], ...] = ()
    """Lists around the records of a line, one inside of the other, where a line may hold several."""
    json_texts: tuple[FieldPath, ...] = ()
    """Objects that may be written as a text that is JSON."""
    pairs: tuple[Pairs, ...] = ()
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    columns: tuple[str, ...] = ()
    """The names of the columns of a CSV without a header row, in their order."""

    @model_validator(mode="before")
    @classmethod
    def _is_whole(cls, value: object) -> object:
        """What is said, and behind it all that the known dialect says which it is like."""
        if not isinstance(value, dict) or value.get("like") is None:
            return value
        name = str(value["like"])
        if name not in dialects():
            raise ValueError(
                f"like: {name!r} is not known{near(name, dialects())}; expected one of {', '.join(sorted(dialects()))}"
            )
        return _extended(dialects()[name], value)

    @model_validator(mode="after")
    def _fits_its_format(self) -> Self:
        others = {"delimiter", "quote", "columns"} if self.format == "json" else {"records", "json_texts", "pairs"}
        if wrong := sorted(self.model_fields_set & others):
            raise ValueError(f"{', '.join(wrong)} cannot be said of {self.format}")
        if self.delimiter is not None and self.delimiter in {self.quote, "\n", "\r"}:
            raise ValueError(
                f"delimiter {self.delimiter!r} cannot separate values; expected ',', ';', '|' or a tab, say"
            )
        columns = {column.lower() for column in self.columns}
        for what, paths in self.fields.needed().items() if columns else ():
            if not any(path.lower() in columns for path in paths):
                raise ValueError(
                    f"no column is called {' or '.join(paths)}, which is the {what}; found {', '.join(self.columns)}"
                    + near(paths[0], self.columns)
                )
        return self

    @property
    def is_rewritten(self) -> bool:
        """Whether a line has to be rearranged before its fields can be found by their paths."""
        return bool(self.json_texts or self.pairs)

    def as_text(self) -> str:
        """The dialect as JSON that `dialect_of_text` reads."""
        return self.model_dump_json(exclude_defaults=True)

    @property
    def is_plain(self) -> bool:
        """Whether its lines have nothing but names that anybody could choose."""
        return self.known_by is not None and self.known_by.is_plain

    def names_the_caller(self, line: Mapping[str, Any]) -> bool:
        """Whether a line with this object has the field for the id, or the request's headers."""
        places = [*self.fields.integration_id, *(source.at for source in self.headers if source.at)]
        return any(value_at(line, parts) is not None for place in places for parts in places_of(place))

    def claims(self, line: Mapping[str, Any]) -> bool:
        """Whether a line with this object is known to be of this dialect, and has what makes a call."""
        return self.known_by is not None and any(self._knows(record) for record in self.records_of(line))

    def _knows(self, record: Mapping[str, Any]) -> bool:
        known = self.known_by or KnownBy()
        return (
            all(any(has(record, path) for path in paths) for paths in known.fields)
            and all(value_of(record, path).lower() in values for path, values in known.values.items())
            and not any(has(record, path) for path in known.absent)
            and not self.lacks(record)
        )

    def lacks(self, record: Mapping[str, Any]) -> list[str]:
        """Which of the fields that make a call this record does not have; a request line is one by its text."""
        said = [value_of(record, path).strip() for path in self.fields.request]
        has_line = any(" " in text and not text.startswith("/") for text in said)
        has_target = has_line or any(text.startswith("/") for text in said)
        fields = self.fields
        is_there = {
            "timestamp": any(has(record, path) for path in fields.needed()["timestamp"]),
            "method": has_line or any(has(record, path) for path in fields.method),
            "url": has_target or any(has(record, path) for path in (*fields.url, *fields.path)),
            "status": any(has(record, path) for path in fields.status),
        }
        return [what for what, is_said in is_there.items() if not is_said]

    def missing(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Which of the fields that make a call none of these records has, by their names alone."""
        return [
            what
            for what, paths in self.fields.needed().items()
            if not any(has(record, path) for path in paths for record in records)
        ]

    def is_batch(self, line: Mapping[str, Any]) -> bool:
        """Whether a line with this object may hold several records."""
        return any(lists[0] in line for lists in self.records)

    def records_of(self, line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The records in a line, each rearranged so that its fields are found by their paths."""
        found: list[Any] = [
            inner for lists in self.records for inner in _inside(line, lists) if isinstance(inner, dict)
        ]
        return [self._rearranged(dict(record)) for record in found or [line]]

    def _rearranged(self, record: dict[str, Any]) -> Mapping[str, Any]:
        for path in self.json_texts:
            text = value_of(record, path)
            if text.startswith("{") and isinstance(value := _parsed(text), dict):
                _put(record, parts_of(path), value)
        for pairs in self.pairs:
            found = value_at(record, parts_of(pairs.at))
            if isinstance(found, list):
                named = (pair for pair in found if isinstance(pair, dict))
                values = {str(pair.get(pairs.name)): _untyped(pair.get(pairs.value)) for pair in named}
                _put(record, parts_of(pairs.at), values)
        return record


def unread_in(dialect: Dialect, names: Sequence[str], unread: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Those of a log's names that nobody reads, each with the field of a call that it could be.

    >>> unread_in(dialects()["koppelzicht"], ["timestamp", "IntegrationID", "level"], ["level"])
    (('level', ''),)
    """
    there = set(names) if dialect.format == "json" else {name.lower() for name in names}
    paths = {
        name: [path if dialect.format == "json" else path.lower() for path in paths_of(getattr(dialect.fields, name))]
        for name in Fields.model_fields
    }
    said = {name for name, found in paths.items() if not there.isdisjoint(found)}
    said |= {"headers" for source in dialect.headers if source.at and {source.at, source.at.lower()} & there}
    said |= {"integration_id" for name in set(names).difference(unread) if is_id_name(name.rpartition(".")[2])}
    wanted = {_plain(path): name for name, found in paths.items() if name not in said for path in found}
    like = {}
    for name in unread[:MOST_KEPT]:
        close = difflib.get_close_matches(_plain(name), wanted, n=1, cutoff=0.88) if len(name) <= 40 else []
        if close:
            like[name] = wanted[close[0]]
    return unread_fields(unread, said, like)


def id_names(places: Iterable[Sequence[str]], keys: Mapping[tuple[str, ...], Iterable[str]]) -> list[tuple[str, ...]]:
    """Where an IntegrationId stands of which a dialect says that it is at one of these places, the one that is called so first.

    `keys` are those of each object by its place. A place whose last name is one of the header's names is meant for any of them.

    >>> id_names([("labels", "integration_id")], {(): ["integration_id"], ("labels",): ["IntegrationID", "site"]})
    [('labels', 'IntegrationID')]
    """
    exact, others = [], []
    for parts in places:
        there = set(keys.get(tuple(parts[:-1]), ()))
        exact += [tuple(parts)] if parts[-1] in there else []
        before, dot, name = parts[-1].rpartition(".")
        if is_id_name(name):
            begin = before + dot
            found = (key for key in sorted(there) if key.startswith(begin) and is_id_name(key[len(begin) :]))
            others += [(*parts[:-1], key) for key in found]
    return list(dict.fromkeys(exact + others))


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


_ITS_OWN = {"name", "about", "documentation", "known_by", "logs_no_headers"}
"""What is said of a dialect and not of those that are like it."""


def _extended(base: Dialect, value: Mapping[str, Any]) -> dict[str, Any]:
    """What a user says of a dialect and then what it is like says: where both name fields, the user's are looked for first."""
    known = base.model_dump(mode="json", exclude_defaults=True, exclude=_ITS_OWN)
    said = {key: one for key, one in value.items() if key != "like"}
    fields = said.get("fields", {})
    if isinstance(fields, dict):
        said["fields"] = known["fields"] | {key: _both(one, known["fields"].get(key)) for key, one in fields.items()}
    for key in {"headers", "records", "json_texts", "pairs"} & set(said):
        said[key] = _both(said[key], known.get(key))
    return known | said


def _both(said: object, known: object) -> object:
    """Names that are said and those that are known, in this order; what is no list of names is as it is said."""
    return [*(said if isinstance(said, list) else [said]), *known] if isinstance(known, list) else said


def _inside(value: Any, lists: Sequence[str]) -> list[Any]:
    """What stands in the innermost of these lists, one inside of the other."""
    if not lists:
        return [value]
    found = value.get(lists[0]) if isinstance(value, dict) else None
    return [inner for one in found for inner in _inside(one, lists[1:])] if isinstance(found, list) else []


def has(record: Mapping[str, Any], path: str) -> bool:
    """Whether the record has this field; an object is none, it holds some."""
    return any(not isinstance(value_at(record, parts), dict | None) for parts in places_of(path))


def value_of(record: Mapping[str, Any], path: str) -> str:
    """The text of a field; empty where it is none."""
    found = next((value for parts in places_of(path) if (value := value_at(record, parts)) is not None), None)
    return found if isinstance(found, str) else ""


def value_at(record: Any, parts: Sequence[str]) -> Any:
    """What is at a place in objects inside of each other; None where nothing is."""
    for part in parts:
        record = record.get(part) if isinstance(record, dict) else None
    return record


def _put(record: dict[str, Any], parts: Sequence[str], value: object) -> None:
    for part in parts[:-1]:
        record[part] = record = dict(record[part])
    record[parts[-1]] = value


def _untyped(value: object) -> object:
    """A value that OTLP has put into an object that says its type."""
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return None


def paths_of(value: object) -> list[str]:
    """The paths in what one of the fields of `Fields` says."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, TimeField):
        return [path for path in (value.field, value.date, value.time) if path]
    if isinstance(value, Duration):
        return [path for path in (value.field, *value.sum, value.begin, value.end) if path]
    return [path for one in value for path in paths_of(one)] if isinstance(value, tuple) else []


def with_dialect(context: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    """A source's context that also holds a user's own dialect: who reads on must not need the file."""
    others = {name: value for name, value in context.items() if name != "dialect"}
    return others if dialects().get(dialect.name) == dialect else {**others, "dialect": dialect.as_text()}


def claimants(line: Mapping[str, Any]) -> list[Dialect]:
    """The known dialects that a line with this object is of.

    Names that anybody could choose are a plain dialect's only where no product's names stand beside them, or where the line
    says who called as only that dialect does: with the product's names the id would be looked for elsewhere and not be found.
    """
    found = [dialect for dialect in dialects().values() if dialect.claims(line)]
    plain = [dialect for dialect in found if dialect.is_plain]
    others = [dialect for dialect in found if not dialect.is_plain]
    return plain if not others or any(dialect.names_the_caller(line) for dialect in plain) else others


def nearest(records: Sequence[Mapping[str, Any]]) -> tuple[Dialect, list[str]]:
    """The dialect of JSON that these records lack least of, and which of the fields that make a call they lack."""

    def distance(dialect: Dialect) -> tuple[int, bool, int]:
        lacking = min((dialect.lacks(record) for line in records for record in dialect.records_of(line)), key=len)
        names = {path for name in Fields.model_fields for path in paths_of(getattr(dialect.fields, name))}
        found = sum(any(has(record, path) for record in records) for path in names)
        lack[dialect.name] = lacking
        return len(lacking), not dialect.is_plain, -found

    lack: dict[str, list[str]] = {}
    known = [dialect for dialect in dialects().values() if dialect.format == "json" and dialect.known_by is not None]
    best = min(known, key=distance)
    return best, lack[best.name]


@cache
def dialects() -> Mapping[str, Dialect]:
    """The dialects of known products, by name. Our own ones are among them."""
    found = (dialect_of_text(path.read_text(encoding="utf-8"), path.name) for path in sorted(_FOLDER.glob("*.toml")))
    return {dialect.name: dialect for dialect in found}


def dialect_named(name: str | Path) -> Dialect:
    """The dialect of a known product by its name, or a user's own by the path of its file. SourceError when there is none."""
    if str(name) in dialects():
        return dialects()[str(name)]
    path = Path(name)
    try:
        state = path.stat()
        if state.st_size > _MAX_BYTES:
            raise SourceError(f"{path}: {state.st_size:,} bytes are too many for a dialect; is it a log?")
        return _own(path, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        raise SourceError(
            f"{path}: there is no such file, and no dialect is called so; known: {', '.join(sorted(dialects()))}"
            + near(str(name), dialects())
        ) from None
    except OSError as error:
        raise SourceError(f"{path}: the dialect cannot be read: {error.strerror}") from None


@lru_cache(maxsize=16)
def _own(path: Path, _modified: int, _size: int) -> Dialect:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path}: the dialect is no text in UTF-8") from None
    return dialect_of_text(text, str(path))


@lru_cache(maxsize=64)
def dialect_of_text(text: str, where: str) -> Dialect:
    """The dialect that a text in TOML or JSON describes. SourceError, naming each field that is wrong, when it does not."""
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where}: the dialect is neither TOML nor JSON: {error}") from None
    try:
        return Dialect.model_validate(value)
    except ValidationError as error:
        problems = [_in_words(problem, value) for problem in error.errors()]
        raise SourceError("\n".join(f"{where}: {problem}" for problem in dict.fromkeys(problems))) from None


_MODELS: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): Dialect,
    ("fields",): Fields,
    ("fields", "timestamp"): TimeField,
    ("fields", "duration"): Duration,
    ("headers",): HeaderSource,
    ("known_by",): KnownBy,
    ("pairs",): Pairs,
}


def _in_words(problem: ErrorDetails, value: object) -> str:
    place = tuple(str(part) for part in problem["loc"] if not isinstance(part, int))
    name = ".".join(place)
    model = _MODELS.get(place[:-1])
    match problem["type"], model:
        case "extra_forbidden", type():
            known = tuple(model.model_fields)
            return f"{name} is not known{near(place[-1], known)}; expected one of {', '.join(known)}"
        case "missing", type():
            found = value_at(value, place[:-1])
            names = [str(key) for key in found] if isinstance(found, dict) else []
            return f"{name} is missing; found {', '.join(names) or 'nothing'}{near(place[-1], set(names) - {*model.model_fields})}"
        case "model_type" | "dict_type", _ if place in _MODELS:
            known = tuple(_MODELS[place].model_fields)
            return f"{name}: found {problem['input']!r:.80}; expected a table with some of {', '.join(known)}"
        case "value_error", _:
            given = problem["input"]
            shown = f" {given!r}" if isinstance(given, str) else ""
            return f"{name or 'the dialect'}:{shown} {problem['msg'].removeprefix('Value error, ')}"
        case _:
            message = problem["msg"]
            return f"{name or 'the dialect'}: found {problem['input']!r:.80}; {message[:1].lower()}{message[1:]}"
