"""Reads the declarations of a folder's modules without running the modules.

A page is a script that Streamlit runs, a report loads its models, and a log format loads the engine. `--help` lists them and has to
answer at once, so it must not run or load any of them. Therefore each one declares itself in a statement of constants,
`PAGE = Page(icon="timer", place=45)`, and this module reads that statement from the text of the file.
"""

from __future__ import annotations

import ast
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Declaration:
    """What a module of a package says of itself: the keywords of its statement, with their values.

    `file` is where the statement stands: `<module>.py`, or `<module>/__init__.py` if the module is a folder.
    """

    module: str
    file: Path
    values: Mapping[str, Any]


def declarations(folder: Path, name: str) -> tuple[Declaration, ...]:
    """The declarations called `name` in the modules of a package, by the names of the modules. A module without one is left out."""
    found = []
    for module in pkgutil.iter_modules([str(folder)]):
        file = folder / module.name / "__init__.py" if module.ispkg else folder / f"{module.name}.py"
        values = declared_in(file.read_text(encoding="utf-8"), name)
        if values is not None:
            found.append(Declaration(module.name, file, values))
    return tuple(found)


def declared_in(source: str, name: str) -> Mapping[str, Any] | None:
    """The keywords of the call that the text of a module assigns to `name`, with their values; None if there is no such statement.

    ValueError if a value is not a constant, or stands without its keyword.

    >>> declared_in('PAGE = Page(icon="timer", place=45)', "PAGE")
    {'icon': 'timer', 'place': 45}
    """
    if f"{name} = " not in source:
        return None  # most files: there is no need to parse them
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=assigned)], value=ast.Call(args=args, keywords=keywords)) if (
                assigned == name
            ):
                if args:
                    raise ValueError(f"{name}: each of its values needs a keyword")
                return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in keywords}
    return None
