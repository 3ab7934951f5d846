"""The log files and registry that travel with Koppelzicht: what `koppelzicht demo` loads."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def demo_files() -> list[Path]:
    """Three months of logs of five streams, in mixed formats; no call stands in two of them."""
    return sorted(path for path in (_HERE / "demo").rglob("[!.]*") if path.is_file())


def registry_files() -> list[Path]:
    """Names of the partners, integrations and customers that the logs are about."""
    return sorted((_HERE / "registry").glob("*.csv"))
