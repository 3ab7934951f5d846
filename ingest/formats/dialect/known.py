"""The dialects there are: those of known products in `dialects/`, and a user's own in a file."""

from __future__ import annotations

import json
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ingest.errors import SourceError
from ingest.formats.dialect.model import Dialect, Fields, paths_of
from ingest.formats.dialect.paths import has
from ingest.formats.dialect.problems import in_words
from ingest.formats.dialect.spelling import near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_FOLDER = Path(__file__).parents[1] / "dialects"
_MAX_BYTES = 1 << 20

OWN, OWN_CSV = "koppelzicht", "koppelzicht_csv"
"""The names of our own dialects."""


_ITS_OWN = {"name", "about", "documentation", "known_by", "logs_no_headers"}
"""The properties of a dialect that those which are `like` it do not inherit."""


def _whole(value: object, where: str) -> object:
    """The given dialect, followed by everything in the known dialect that it is `like`."""
    if not isinstance(value, dict) or value.get("like") is None:
        return value
    name = str(value["like"])
    if name not in dialects():
        raise SourceError(
            f"{where}: the dialect: like: {name!r} is not known{near(name, dialects())}; expected one of"
            f" {', '.join(sorted(dialects()))}"
        )
    return _extended(dialects()[name], value)


def _extended(base: Dialect, value: Mapping[str, Any]) -> dict[str, Any]:
    """The user's properties and then those of the known dialect. Where both name fields, the user's are looked for first."""
    known = base.model_dump(mode="json", exclude_defaults=True, exclude=_ITS_OWN)
    said = {key: one for key, one in value.items() if key != "like"}
    fields = said.get("fields", {})
    if isinstance(fields, dict):
        said["fields"] = known["fields"] | {key: _both(one, known["fields"].get(key)) for key, one in fields.items()}
    for key in {"headers", "records", "json_texts", "pairs"} & set(said):
        said[key] = _both(said[key], known.get(key))
    return known | said


def _both(said: object, known: object) -> object:
    """The given names, and the known ones after them. A value that is no list of names stays as it is given."""
    return [*(said if isinstance(said, list) else [said]), *known] if isinstance(known, list) else said


def with_dialect(context: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    """A source's context with a user's own dialect, so that reading on does not need the dialect's file."""
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
            f"{path}: there is no such file, and no dialect of this name; known: {', '.join(sorted(dialects()))}"
            + near(str(name), dialects())
        ) from None
    except OSError as error:
        raise SourceError(f"{path}: the dialect cannot be read: {error.strerror}") from None


@lru_cache(maxsize=16)
def _own(path: Path, _modified: int, _size: int) -> Dialect:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path}: the dialect is not text in UTF-8") from None
    return dialect_of_text(text, str(path))


@lru_cache(maxsize=64)
def dialect_of_text(text: str, where: str) -> Dialect:
    """The dialect that a text in TOML or JSON describes. SourceError, naming each field that is wrong, when it does not."""
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where}: the dialect is neither TOML nor JSON: {error}") from None
    try:
        return Dialect.model_validate(_whole(value, where))
    except ValidationError as error:
        problems = [in_words(problem, value) for problem in error.errors()]
        raise SourceError("\n".join(f"{where}: {problem}" for problem in dict.fromkeys(problems))) from None
