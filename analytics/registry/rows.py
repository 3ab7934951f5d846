"""The rows of the registry and the values that they may hold: the contract of the registry files.

The order of the fields is the order of the columns, in the files and in SQL. Only the first column of each relation is
required, because a partner without a name is still a partner.

Names, contacts and branches come from lists that people edit, and end up in pages, reports, mails and spreadsheets. Each of those
escapes them for its own format. This room lets in whatever is one line of text, and nothing else: a control character would
break a mail's header or a terminal before anything could escape it.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    import pyarrow as pa

Relation: TypeAlias = Literal["partners", "integrations", "customers"]

INTEGRATION_ID = re.compile(r"([1-9][0-9]{3,6})_([1-9][0-9]{0,8})")
PARTNER = re.compile(r"[1-9][0-9]{3,6}")
PROJECT = re.compile(r"[1-9][0-9]{0,8}")
CUSTOMER = re.compile(r"[1-9][0-9]{3,6}|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9_-]{1,64}")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YES_NO = {"true": True, "yes": True, "ja": True, "1": True, "false": False, "no": False, "nee": False, "0": False}


def expected(what: str) -> PydanticCustomError:
    """The error for a value. Its text says what was expected."""
    return PydanticCustomError("expected", "{what}", {"what": what})


def _matching(pattern: re.Pattern[str], what: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and not pattern.fullmatch(value):
            raise expected(what)
        return value

    return BeforeValidator(check)


def _text(limit: int) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str):
            if len(value) > limit:
                raise expected(f"at most {limit} characters")
            if any(unicodedata.category(character) == "Cc" for character in value):
                raise expected("one line of text without control characters")
        return value

    return BeforeValidator(check)


def _date(value: object) -> object:
    if isinstance(value, str):
        if not DATE.fullmatch(value):
            raise expected("a date like 2026-03-29")
        try:
            return dt.date.fromisoformat(value)
        except ValueError as error:
            raise expected("a date that exists, like 2026-03-29") from error
    return value


def _yes_no(value: object) -> object:
    if isinstance(value, str):
        if value.lower() not in YES_NO:
            raise expected("yes or no (or true, false, ja, nee, 1, 0)")
        return YES_NO[value.lower()]
    return value


PartnerNumber = Annotated[int, _matching(PARTNER, "a partner's subscription number: 4 to 7 digits, no leading zero")]
ProjectNumber = Annotated[int, _matching(PROJECT, "a project number: 1 to 9 digits, no leading zero")]
IntegrationId = Annotated[str, _matching(INTEGRATION_ID, "an IntegrationId like 12345_678900")]
CustomerKey = Annotated[
    str,
    _matching(
        CUSTOMER,
        "a customer: a subscription number of 4 to 7 digits without leading zero, or sub-domain/segment in lower case",
    ),
]
Name = Annotated[str | None, _text(200)]
# Pydantic applies the last validator first. The pattern may take time that grows with the square of the length, so the limit
# on the length has to come before it.
Email = Annotated[str | None, _matching(EMAIL, "an e-mail address"), _text(254)]
Phone = Annotated[str | None, _text(40)]
Date = Annotated[dt.date | None, BeforeValidator(_date)]
YesNo = Annotated[bool | None, BeforeValidator(_yes_no)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Partner(_Row):
    """A partner, and the person to call there."""

    partner: PartnerNumber = Field(description="the partner's own subscription number")
    name: Name = Field(default=None, description="the name of the company")
    contact: Name = Field(default=None, description="the person to call or write to")
    email: Email = Field(default=None, description="the contact's e-mail address")
    phone: Phone = Field(default=None, description="the contact's telephone number")


class Integration(_Row):
    """An integration, and the dates of its certificate."""

    integration: IntegrationId = Field(description="<partner>_<project>")
    partner: PartnerNumber = Field(description="the first number of the integration; a file may leave it out")
    project: ProjectNumber = Field(description="the second number of the integration; a file may leave it out")
    name: Name = Field(default=None, description="the name of the product")
    replaces: Annotated[str | None, _matching(INTEGRATION_ID, "the old IntegrationId, like 12345_678900")] = Field(
        default=None, description="an old id of the same integration; calls with it count for this one"
    )
    certified_since: Date = Field(default=None, description="the first day on which it is certified")
    certified_until: Date = Field(default=None, description="the first day on which it is no longer certified")
    listed: YesNo = Field(default=None, description="whether the vendor's integrations page shows it")

    @model_validator(mode="before")
    @classmethod
    def _split_the_id(cls, values: Any) -> Any:
        parts = INTEGRATION_ID.fullmatch(values.get("integration") or "") if isinstance(values, dict) else None
        return {"partner": parts[1], "project": parts[2]} | values if parts else values

    @field_validator("partner", "project", mode="after")
    @classmethod
    def _same_as_in_the_id(cls, value: int, info: ValidationInfo) -> int:
        parts = INTEGRATION_ID.fullmatch(info.data.get("integration", ""))
        if parts and value != int(parts[1 if info.field_name == "partner" else 2]):
            raise expected(f"the {info.field_name} of {parts[0]}, or an empty cell")
        return value

    @field_validator("certified_until", mode="after")
    @classmethod
    def _after_the_start(cls, value: dt.date | None, info: ValidationInfo) -> dt.date | None:
        since = info.data.get("certified_since")
        if value is not None and since is not None and value <= since:
            raise expected(f"a day after certified_since, {since}: the first day on which it is no longer certified")
        return value


class Customer(_Row):
    """A customer, and its branch."""

    customer: CustomerKey = Field(description="Profit: the subscription number; SB: sub-domain/segment in lower case")
    name: Name = Field(default=None, description="the name of the organisation")
    branch: Name = Field(default=None, description="the industry, as in the vendor's own list")


Row: TypeAlias = Partner | Integration | Customer

RELATIONS: dict[Relation, type[Partner | Integration | Customer]] = {
    "partners": Partner,
    "integrations": Integration,
    "customers": Customer,
}
"""Every relation of the registry. The first column of each is its key."""


def columns(relation: Relation) -> tuple[str, ...]:
    """The columns of the relation in order, the key first."""
    return tuple(RELATIONS[relation].model_fields)


def arrow_schema(relation: Relation) -> pa.Schema:
    """The columns of the relation as Arrow types: the same in every version on disk, and in the empty relation."""
    import pyarrow as pa

    types = {
        "partner": pa.int32(),
        "project": pa.int32(),
        "certified_since": pa.date32(),
        "certified_until": pa.date32(),
        "listed": pa.bool_(),
    }
    fields = RELATIONS[relation].model_fields
    return pa.schema(
        [
            pa.field(name, types.get(name, pa.string()), nullable=not field.is_required())
            for name, field in fields.items()
        ]
    )


def empty_relation(relation: Relation) -> pa.Table:
    """The relation without a row, for a lake whose registry does not hold it."""
    import pyarrow as pa

    return pa.Table.from_batches([], schema=arrow_schema(relation))  # empty_table() would import pandas
