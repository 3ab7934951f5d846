"""The same calls, written as each product with a known dialect writes them."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.ingest.formats.writing import Given


def _zulu(call: Given) -> str:
    return call.at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _parts(call: Given) -> tuple[str, str]:
    return call.path, call.query.removeprefix("?")


def _sent(**values: str | None) -> dict[str, str]:
    """The headers that were sent."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}


def _caddy(call: Given) -> object:
    headers = _sent(User_Agent=call.user_agent, Integrationid=call.integration_id, X_Request_Id=call.request_id)
    return {
        "level": "info",
        "ts": call.at.timestamp(),
        "logger": "http.log.access",
        "request": {
            "method": call.method,
            "host": call.host,
            "uri": call.path + call.query,
            "headers": {name: [value] for name, value in headers.items()},
        },
        "bytes_read": call.request_bytes,
        "duration": call.duration_ms / 1000,
        "size": call.response_bytes,
        "status": call.status,
    }


def _traefik(call: Given) -> object:
    headers = _sent(User_Agent=call.user_agent, Integrationid=call.integration_id, X_Request_Id=call.request_id)
    return {
        "DownstreamContentSize": call.response_bytes,
        "DownstreamStatus": call.status,
        "Duration": call.duration_ms * 1_000_000,
        "RequestContentSize": call.request_bytes,
        "RequestHost": call.host,
        "RequestMethod": call.method,
        "RequestPath": call.path + call.query,
        "StartUTC": _zulu(call),
        **{f"request_{name}": value for name, value in headers.items()},
    }


def _envoy(call: Given) -> object:
    return {
        "start_time": _zulu(call),
        "method": call.method,
        ":authority": call.host,
        "x-envoy-origin-path": call.path + call.query,
        "response_code": call.status,
        "duration": call.duration_ms,
        "bytes_received": call.request_bytes,
        "bytes_sent": call.response_bytes,
        "user-agent": call.user_agent,
        "x-request-id": call.request_id,
        "integrationid": call.integration_id,
    }


def _nginx(call: Given) -> object:
    return {
        "msec": f"{call.at.timestamp():.3f}",
        "remote_addr": "10.0.0.1",
        "request": f"{call.method} {call.path}{call.query} HTTP/1.1",
        "http_host": call.host,
        "status": str(call.status),
        "request_length": str(call.request_bytes),
        "bytes_sent": str(call.response_bytes),
        "request_time": f"{call.duration_ms / 1000:.3f}",
        "http_user_agent": call.user_agent or "",
        "http_integrationid": call.integration_id or "",
        "http_x_request_id": call.request_id or "",
    }


def _ecs_nested(call: Given) -> object:
    path, query = _parts(call)
    return {
        "@timestamp": call.local.isoformat(),
        "http": {
            "request": {
                "method": call.method,
                "id": call.request_id,
                "bytes": call.request_bytes,
                "headers": _sent(integrationid=call.integration_id),
            },
            "response": {"status_code": call.status, "bytes": call.response_bytes},
        },
        "url": {"domain": call.host, "path": path} | ({"query": query} if query else {}),
        "event": {"duration": call.duration_ms * 1_000_000},
        "user_agent": {"original": call.user_agent},
    }


def _ecs_dotted(call: Given) -> object:
    return {
        "@timestamp": _zulu(call),
        "http.request.method": call.method,
        "http.request.id": call.request_id,
        "http.request.bytes": call.request_bytes,
        "http.request.headers.integrationid": call.integration_id,
        "http.response.status_code": call.status,
        "http.response.bytes": call.response_bytes,
        "url.full": call.url,
        "event.duration": call.duration_ms * 1_000_000,
        "user_agent.original": call.user_agent,
    }


def _otel(call: Given) -> dict[str, Any]:
    ids = {} if call.integration_id is None else {"http.request.header.integrationid": [call.integration_id]}
    return {
        "http.request.method": call.method,
        "url.full": call.url,
        "http.response.status_code": call.status,
        "http.request.body.size": call.request_bytes,
        "http.response.body.size": call.response_bytes,
        "user_agent.original": call.user_agent,
        **ids,
    }


def _otel_fields(call: Given) -> object:
    duration = call.duration_ms / 1000
    return {"timestamp": _zulu(call), "http.server.request.duration": duration, "trace_id": call.request_id} | _otel(
        call
    )


def _otel_attributes(call: Given) -> object:
    end = (call.at + dt.timedelta(milliseconds=call.duration_ms)).isoformat()
    return {"start_time": _zulu(call), "end_time": end, "trace_id": call.request_id, "attributes": _otel(call)}


def _otel_otlp(call: Given) -> object:
    def typed(value: object) -> object:
        if isinstance(value, list):
            return {"arrayValue": {"values": [{"stringValue": one} for one in value]}}
        return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}

    begin = int(call.at.timestamp()) * 1_000_000_000
    span = {
        "traceId": call.request_id,
        "startTimeUnixNano": str(begin),
        "endTimeUnixNano": str(begin + call.duration_ms * 1_000_000),
        "attributes": [{"key": key, "value": typed(value)} for key, value in _otel(call).items() if value is not None],
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [span]}]}]}


def _front_door(call: Given) -> object:
    return {
        "time": _zulu(call),
        "category": "FrontDoorAccessLog",
        "properties": {
            "trackingReference": call.request_id,
            "httpMethod": call.method,
            "requestUri": call.url,
            "requestBytes": str(call.request_bytes),
            "responseBytes": str(call.response_bytes),
            "userAgent": call.user_agent,
            "timeTaken": f"{call.duration_ms / 1000:.3f}",
            "httpStatusCode": str(call.status),
        },
    }


def _application_gateway(call: Given) -> object:
    return {
        "timeStamp": _zulu(call),
        "category": "ApplicationGatewayAccessLog",
        "properties": {
            "transactionId": call.request_id,
            "httpMethod": call.method,
            "originalHost": call.host,
            "originalRequestUriWithArgs": call.path + call.query,
            "receivedBytes": call.request_bytes,
            "sentBytes": call.response_bytes,
            "userAgent": call.user_agent,
            "timeTaken": call.duration_ms / 1000,
            "httpStatus": call.status,
        },
    }


def _application_gateway_v1(call: Given) -> object:
    own = "X-AzureApplicationGateway-CACHE-HIT=0&SERVER-ROUTED=10.0.0.2&X-AzureApplicationGateway-LOG-ID=1&SERVER-STATUS=200"
    asked = call.query.removeprefix("?")
    return {
        "time": _zulu(call),
        "category": "ApplicationGatewayAccessLog",
        "properties": {
            "httpMethod": call.method,
            "originalHost": call.host,
            "requestUri": call.path,
            "requestQuery": f"{asked}&{own}" if asked else own,
            "receivedBytes": call.request_bytes,
            "sentBytes": call.response_bytes,
            "userAgent": call.user_agent,
            "timeTaken": call.duration_ms,
            "httpStatus": call.status,
        },
    }


def _api_management(call: Given) -> object:
    properties = {
        "method": call.method,
        "url": call.url,
        "responseCode": call.status,
        "responseSize": call.response_bytes,
        "requestSize": call.request_bytes,
        "requestHeaders": _sent(IntegrationId=call.integration_id, User_Agent=call.user_agent),
    }
    record = {
        "time": _zulu(call),
        "category": "GatewayLogs",
        "durationMs": call.duration_ms,
        "correlationId": call.request_id,
        "properties": json.dumps(properties),
    }
    return {"records": [record]}


_NO_HEADERS = {"token_form"}
_NO_IDS = {*_NO_HEADERS, "integration_id", "id_status", "id_defect", "partner", "project", "integration", "own"}
DIALECTS: dict[str, tuple[str, Callable[[Given], object], set[str]]] = {
    "caddy": ("caddy", _caddy, set()),
    "traefik": ("traefik", _traefik, _NO_HEADERS),
    "envoy": ("envoy", _envoy, _NO_HEADERS),
    "nginx": ("nginx", _nginx, _NO_HEADERS),
    "ecs, nested": ("elastic_ecs", _ecs_nested, _NO_HEADERS),
    "ecs, dotted": ("elastic_ecs", _ecs_dotted, _NO_HEADERS),
    "opentelemetry, fields": ("opentelemetry", _otel_fields, _NO_HEADERS),
    "opentelemetry, attributes": ("opentelemetry", _otel_attributes, _NO_HEADERS),
    "opentelemetry, OTLP": ("opentelemetry", _otel_otlp, _NO_HEADERS),
    "front door": ("azure_front_door", _front_door, _NO_IDS),
    "application gateway": ("azure_application_gateway", _application_gateway, _NO_IDS),
    "application gateway v1": ("azure_application_gateway_v1", _application_gateway_v1, {*_NO_IDS, "request_id"}),
    "api management": ("azure_api_management", _api_management, _NO_HEADERS),
}
"""The name of the dialect, a line of it, and the columns that it says nothing about."""
LEAVES_OUT = {
    "traefik",
    "ecs, nested",
    "opentelemetry, fields",
    "opentelemetry, attributes",
    "opentelemetry, OTLP",
    "api management",
}
"""Dialects in which a header that was not sent leaves no field."""


def in_dialect(name: str, calls: Sequence[Given]) -> bytes:
    _, line, _ = DIALECTS[name]
    return "".join(json.dumps(line(call), ensure_ascii=False) + "\n" for call in calls).encode()
