"""A dialect: the names of the fields in somebody's JSON or CSV log, as data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ingest.formats.dialect.paths import has, parts_of, places_of, value_at, value_of
from ingest.formats.dialect.spelling import near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TIME_FORMAT = re.compile(r"(?:[^%]|%[YmdHMSfzabABjyIpTFR%]|%-[dmHMSIjy])+")
_SHORTHANDS = {"%T": "%H:%M:%S", "%F": "%Y-%m-%d", "%R": "%H:%M"}

UNITS = {"s": 1000.0, "ms": 1.0, "us": 0.001, "ns": 0.000001}
"""The units of a duration, each in milliseconds."""


def _is_path(text: str) -> str:
    if not parts_of(text):
        raise ValueError('is not the path of a field; expected names separated by dots, such as request.uri or a."b.c"')
    return text


def _listed(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def _with_field(value: object) -> object:
    """A list of fields with their properties. A bare name is a field without properties."""
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
"""One field, or several: the first one that a line has counts."""


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
            raise ValueError("is not the format of a time; expected one for strptime, such as '%d.%m.%Y %H:%M:%S'")
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
    """What lines of this dialect have and lines of others have not. Of several fields in a list, one is enough."""

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
    """The beginning of the text that the product adds to the caller's query."""
    integration_id: Paths = ("integration_id",)
    """The header as a field of its own. If the last name of a path is one of the id's usual names, all of these are read."""
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
        """The values that every call needs, each with the fields that may hold it."""
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
    """A known dialect that this one extends; None once `dialect_of_text` has made a whole of both."""
    format: Literal["json", "csv"] = "json"
    about: str = ""
    documentation: str = ""
    fields: Fields
    headers: Annotated[tuple[HeaderSource, ...], BeforeValidator(_with_place)] = ()
    headers_complete: bool = False
    """Whether a header that is not among them was not sent."""
    headers_removed: tuple[str, ...] = ()
    """Headers that the product removes from the log. Whether they were sent is not known."""
    headers_left_out: bool = False
    """Whether a header that was not sent leaves no field, so that a line without it may be of a log that holds it."""
    logs_no_headers: bool = False
    """Whether the product cannot log the headers of requests, so that to have it log one is no advice."""
    empty: tuple[str, ...] = ("", "-")
    """Values that mean none."""
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

    @model_validator(mode="after")
    def _fits_its_format(self) -> Self:
        others = {"delimiter", "quote", "columns"} if self.format == "json" else {"records", "json_texts", "pairs"}
        if wrong := sorted(self.model_fields_set & others):
            raise ValueError(f"{', '.join(wrong)} does not apply to {self.format}")
        if self.delimiter is not None and self.delimiter in {self.quote, "\n", "\r"}:
            raise ValueError(f"delimiter {self.delimiter!r} cannot separate values; expected ',', ';', '|' or a tab")
        columns = {column.lower() for column in self.columns}
        for what, paths in self.fields.needed().items() if columns else ():
            if not any(path.lower() in columns for path in paths):
                raise ValueError(
                    f"no column is called {' or '.join(paths)}, needed for {what}; found {', '.join(self.columns)}"
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


def _inside(value: Any, lists: Sequence[str]) -> list[Any]:
    """What stands in the innermost of these lists, one inside of the other."""
    if not lists:
        return [value]
    found = value.get(lists[0]) if isinstance(value, dict) else None
    return [inner for one in found for inner in _inside(one, lists[1:])] if isinstance(found, list) else []


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
