"""The kinds of rules, one a file: a model with its keys, whose `found` says what there is.

A new kind is a file here and a name in `Rule`.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from analytics.alerts.kinds.certification import CertificationRule
from analytics.alerts.kinds.finding import FindingRule
from analytics.alerts.kinds.first_call import FirstCallRule
from analytics.alerts.kinds.incident import IncidentRule
from analytics.alerts.kinds.no_data import NoDataRule
from analytics.alerts.kinds.sql import SqlRule

Rule: TypeAlias = Annotated[
    IncidentRule | CertificationRule | FindingRule | FirstCallRule | NoDataRule | SqlRule, Field(discriminator="kind")
]
