"""Keeps pandas out of a process. Streamlit installs it, and nothing else here uses it.

If pandas is installed, Arrow imports it, which takes a quarter of a second and gains nothing. Without it, Arrow works as well.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _NoPandas(MetaPathFinder):
    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}: this process does without it", name=name)


def forbid_pandas() -> None:
    """Make every later import of pandas fail as if it were not installed. Not for a process that serves pages."""
    sys.meta_path.insert(0, _NoPandas())
