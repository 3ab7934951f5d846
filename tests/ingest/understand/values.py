"""A call with these values, as a line of JSON."""

from __future__ import annotations

import json

URL = "https://4321.rest.afas.online/ProfitRestServices/metainfo"
READ = ("duration_ms", "request_bytes", "response_bytes")


def json_line(**fields: object) -> str:
    call = {"timestamp": "2026-10-01T07:00:00Z", "method": "GET", "url": URL, "integration_id": "4321_1", "status": 200}
    return json.dumps(call | fields) + "\n"
