"""A process without pandas, which Streamlit brings along and nothing else here uses.

Arrow imports it wherever it is installed, for a quarter of a second and nothing; where it is not, it does without.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _NoPandas(MetaPathFinder):
    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}: this process does without it", name=name)


def forbid_pandas() -> None:
    """Let whoever imports pandas from now on find that it is not installed. Not for a process that shows pages."""
    sys.meta_path.insert(0, _NoPandas())
