"""Lines of a log, to be wrapped or cut, and the calls that are read from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import ReadOptions, inspect
from tests.ingest import worked

if TYPE_CHECKING:
    from ingest import Inspection


def caddy(second: int, status: object = 200, customer: int = 4321) -> str:
    request = {
        "method": "GET",
        "host": f"{customer}.rest.afas.online",
        "uri": "/ProfitRestServices/metainfo",
        "headers": {"Integrationid": ["1234_5678"]},
    }
    started = {"level": "info", "ts": 1790838000 + second, "logger": "http.log.access.log0", "msg": "handled request"}
    return json.dumps(started | {"request": request, "duration": 0.0425, "size": 7301, "status": status})


def combined(second: int, status: object = 200, customer: int = 4321) -> str:
    time = f"01/Oct/2026:09:00:{second:02} +0200"
    request = f'"GET /ProfitRestServices/metainfo HTTP/1.1" {status} 512'
    return f'{customer}.rest.afas.online 192.0.2.7 - - [{time}] {request} "-" "Acme/1.0 {{x}}" "1234_5678" 0.042'


def looked_at(path: Path, *lines: str, **options: Any) -> Inspection:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)
