"""A package's door: names that are imported from its rooms when somebody asks for them.

A command that only prints its help should not wait for engines, so `from ingest import verify` imports the module of `verify` and no
other. The imports under TYPE_CHECKING in the package's `__init__.py` are the only list of these modules: type checkers
read them as they are, and at run time they are read from the source.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def door(file: str) -> tuple[list[str], Callable[[str], Any]]:
    """The names that the `__init__.py` at this path imports under TYPE_CHECKING, and what `__getattr__` does for them."""
    package = Path(file).parent.name
    rooms = {
        imported.name: statement.module or ""
        for block in ast.parse(Path(file).read_text(encoding="utf-8")).body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for imported in statement.names
    }

    def of_room(name: str) -> Any:
        if name not in rooms:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(rooms[name]), name)

    return sorted(rooms), of_room
