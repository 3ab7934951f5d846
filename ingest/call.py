"""The Call: every column of the lake, its type, unit and meaning. The contract of this project.

Other code does not list columns, but uses `CALL_COLUMNS`. The order of the fields is the order of the columns in
Parquet, in SQL and in JSON.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field

Product: TypeAlias = Literal["profit", "sb"]
Protocol: TypeAlias = Literal["rest", "soap"]
Environment: TypeAlias = Literal["production", "test", "accept", "training"]
IdStatus: TypeAlias = Literal["valid", "missing", "malformed", "not_logged"]
IdDefect: TypeAlias = Literal[
    "repeated",
    "too_long",
    "not_ascii",
    "white_space",
    "no_separator",
    "wrong_separator",
    "too_many_parts",
    "empty_part",
    "not_a_number",
    "leading_zero",
    "too_short",
]
Operation: TypeAlias = Literal[
    "get",
    "insert",
    "update",
    "delete",
    "write",
    "metainfo",
    "attachment",
    "report",
    "version",
    "auth",
    "bi",
    "other",
]
Outcome: TypeAlias = Literal[
    "ok",
    "bad_request",
    "unauthorized",
    "forbidden",
    "not_found",
    "query_too_long",
    "too_large",
    "throttled",
    "client_error",
    "validation",
    "timeout",
    "unavailable",
    "server_error",
]
Party: TypeAlias = Literal["customer", "vendor", "partner"]
TokenForm: TypeAlias = Literal["bearer", "base64", "plain", "soap_body", "none", "not_logged"]
RejectReason: TypeAlias = Literal[
    "not_a_record",
    "too_deep",
    "duplicate_key",
    "line_too_long",
    "torn_line",
    "no_fields_directive",
    "unsupported_encoding",
    "bad_time",
    "bad_method",
    "bad_url",
    "bad_status",
    "unknown_host",
    "no_customer",
]
"""Why a line is quarantined. A closed vocabulary: a reason that is not here cannot be stored."""


@dataclass(frozen=True)
class Sql:
    """The type of a column in DuckDB, from which Parquet's and Delta's follow."""

    type: str


class Call(BaseModel):
    """One accepted call, as the lake keeps it and `koppelzicht inspect` shows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    called_at: Annotated[dt.datetime, Sql("timestamptz")] = Field(description="when the request was made, UTC")
    day: Annotated[dt.date, Sql("date")] = Field(description="business day of called_at in the lake's time zone")
    stream: Annotated[str, Sql("varchar")] = Field(description="where the source comes from: one server, one gateway")
    product: Annotated[Product, Sql("varchar")] = Field(description="the product that was called")
    protocol: Annotated[Protocol, Sql("varchar")] = Field(description="how it was called")
    environment: Annotated[Environment, Sql("varchar")] = Field(
        description="the customer's environment; SB: always production"
    )
    customer: Annotated[str, Sql("varchar")] = Field(
        description="Profit: the subscription number in the URL; SB: sub-domain and first path segment, lower case"
    )
    integration_id: Annotated[str | None, Sql("varchar")] = Field(
        description="the IntegrationId header as sent: trimmed, cut at 64 characters, redacted where it is not an id"
    )
    id_status: Annotated[IdStatus, Sql("varchar")] = Field(
        description="whether the header is a valid id; not_logged where the log has no place for it, so nobody knows whether it was sent"
    )
    id_defect: Annotated[IdDefect | None, Sql("varchar")] = Field(description="why it is malformed")
    partner: Annotated[int | None, Sql("integer")] = Field(description="first number of a valid id")
    project: Annotated[int | None, Sql("integer")] = Field(description="second number of a valid id")
    integration: Annotated[str | None, Sql("varchar")] = Field(description="<partner>_<project> of a valid id")
    own: Annotated[bool, Sql("boolean")] = Field(description="the customer is the partner itself; never null")
    method: Annotated[str, Sql("varchar")] = Field(description="HTTP method, upper case")
    operation: Annotated[Operation, Sql("varchar")] = Field(description="what the call does")
    connector: Annotated[str | None, Sql("varchar")] = Field(
        description="official connectors in their official spelling, others as sent; null where not logged or there is none"
    )
    endpoint: Annotated[str, Sql("varchar")] = Field(description="the path as a template, without any value")
    status: Annotated[int, Sql("smallint")] = Field(description="HTTP status, 100 to 599")
    outcome: Annotated[Outcome, Sql("varchar")] = Field(description="what the status means in this API")
    duration_ms: Annotated[float | None, Sql("double")] = Field(description="how long it took, milliseconds")
    request_bytes: Annotated[int | None, Sql("bigint")] = Field(description="size of the request, bytes")
    response_bytes: Annotated[int | None, Sql("bigint")] = Field(description="size of the response, bytes")
    skip: Annotated[int | None, Sql("bigint")] = Field(description="query parameter skip, as sent")
    take: Annotated[int | None, Sql("bigint")] = Field(description="query parameter take, as sent")
    ordered: Annotated[bool | None, Sql("boolean")] = Field(description="gets only: orderbyfieldids is present")
    filter_fields: Annotated[list[str], Sql("varchar[]")] = Field(description="names of filtered fields, never values")
    operator_types: Annotated[list[int], Sql("integer[]")] = Field(
        description="how the fields are filtered (1 equals, 6 contains, 10 starts with, ...), from operatortypes or filterjson, in their order; empty without a filter"
    )
    query_length: Annotated[int, Sql("integer")] = Field(description="characters of the query string, ? included")
    token_form: Annotated[TokenForm, Sql("varchar")] = Field(description="form of the authorization, never its value")
    body_integration_id: Annotated[str | None, Sql("varchar")] = Field(
        description="a valid IntegrationId in the SOAP envelope instead of the header"
    )
    user_agent: Annotated[str | None, Sql("varchar")] = Field(description="redacted, cut at 256 characters")
    api_version: Annotated[str | None, Sql("varchar")] = Field(description="SB: the Accept-Version header")
    request_id: Annotated[str | None, Sql("varchar")] = Field(description="request or trace id, where the log has one")
    load_id: Annotated[str, Sql("varchar")] = Field(description="the load it came with")
    line_number: Annotated[int, Sql("bigint")] = Field(description="its line in the source, from 1")


@dataclass(frozen=True)
class Column:
    """One column of a table of the lake."""

    name: str
    sql_type: str
    nullable: bool
    meaning: str


def _columns(model: type[BaseModel]) -> tuple[Column, ...]:
    hints = get_type_hints(model, include_extras=True)
    columns = []
    for name, field in model.model_fields.items():
        sql = next(extra for extra in get_args(hints[name]) if isinstance(extra, Sql))
        nullable = type(None) in get_args(get_args(hints[name])[0])
        columns.append(Column(name=name, sql_type=sql.type, nullable=nullable, meaning=field.description or ""))
    return tuple(columns)


CALL_COLUMNS = _columns(Call)
"""Every column of the lake's `calls`, in order."""
