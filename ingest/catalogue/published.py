"""The lists that the platform's vendor publishes: connectors, the elements of their records, SOAP services and hosts."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def official_connectors() -> tuple[str, ...]:
    """Every official connector in its official spelling (the vendor's published list)."""
    return tuple(row["connector"] for row in _rows("connectors"))


@cache
def elements() -> tuple[str, ...]:
    """The elements of the records of official connectors: the connectors' names, and the names of the parts below them."""
    return (*official_connectors(), *(row["element"] for row in _rows("elements")))


@cache
def soap_services() -> tuple[dict[str, str], ...]:
    """The SOAP services: `service`, the name of its file without `.asmx`, and the `operation` of a call to it."""
    return tuple(_rows("soap_services"))


@cache
def hosts() -> tuple[dict[str, str], ...]:
    """The platform's hosts by their ends: `suffix`, `product`, `environment`, and `protocol` where the host tells it."""
    return tuple(tomllib.loads((_FOLDER / "hosts.toml").read_text(encoding="utf-8"))["host"])


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
