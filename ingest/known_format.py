"""The list of log formats, from the declarations in their files. None of them is loaded, because `--help` names them, too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ingest.declaration import declarations

_FOLDER = Path(__file__).parent / "formats"


@dataclass(frozen=True, kw_only=True)
class KnownFormat:
    """A log format, as its file says at its top in `FORMAT`. It is read and not run: every value is a constant.

    `name` is what `--log-format` calls it, `title` what tables of people call it. `about` and `who` are for the reference: whose logs
    these are, and how they say who called what, as Markdown. `place` orders the formats in which a source is asked for its own, the
    surest signs first. `made_by` is the class, and `takes` what it has to be told. `module` is filled in: where the class stands.

    The sources of a format are lines, or each is one document (`ingest/formats/documents.py` cuts it into lines).
    """

    name: str
    title: str
    about: str
    who: str
    place: int
    made_by: str
    takes: Literal["layout", "dialect"] | None = None
    is_document: bool = False
    module: str = ""


@cache
def known_formats() -> tuple[KnownFormat, ...]:
    """Every log format, in the order in which they are asked."""
    return formats_in(_FOLDER)


def formats_in(folder: Path) -> tuple[KnownFormat, ...]:
    """The log formats of a folder: files of it, or folders whose class stands in their `format.py`."""
    found = []
    for form in declarations(folder, "FORMAT"):
        module = f"{form.module}.format" if form.file.name == "__init__.py" else form.module
        found.append(KnownFormat(**form.values, module=module))
    return tuple(sorted(found, key=lambda form: (form.is_document, form.place, form.name)))
