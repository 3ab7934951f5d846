"""The log that the tests of the command line load, and the reading of standard output."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

Run: TypeAlias = Callable[..., tuple[int, str, str]]
"""Runs one command; its exit code, standard output and standard error."""

ROOT = Path(__file__).parent.parent.parent

INSERT = (
    '{"timestamp": "2026-03-29T00:30:00Z", "method": "POST", '
    '"url": "https://54321.rest.afas.online/ProfitRestServices/connectors/KnSubject", '
    '"headers": {"IntegrationId": "12345_678900", "User-Agent": "acme/1.0"}, "status": 201, "duration_ms": 120.5}'
)
FAILED_GET = (
    '{"timestamp": "2026-03-29T10:00:00Z", "method": "GET", '
    '"url": "https://7654321.rest.afas.online/ProfitRestServices/connectors/Acme_Employees?skip=0&take=100", '
    '"headers": {"IntegrationId": "12345_678900", "User-Agent": "acme/1.0"}, "status": 500, "duration_ms": 80}'
)
BAD_STATUS = INSERT.replace("201", '"OK"')


def document(out: str) -> Any:
    """The one JSON document on standard output."""
    return json.loads(out)
