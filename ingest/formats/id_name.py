"""The names that people give to the field of the IntegrationId, if a log has it as a field of its own.

A column, a key, a variable and a custom field have the name that somebody gave them: IntegrationId as the header is called,
integration_id, "Integration ID", x-integration-id, http_integrationid, cs(IntegrationId). All of them mean the header. If one
were not recognised, all calls of its log would belong to nobody. Inside an object of request headers only the header's own name
counts: there, Integration-Id is another header.
"""

from __future__ import annotations

import re

_MAY_STAND_IN_IT = re.compile("[A-Za-z0-9 _.:()>-]{13,60}")
_NAME = re.compile("(?:x|http|cs|req|request|header|headers)*integrationid")


def is_id_name(name: str) -> bool:
    """Whether a field of this name holds the IntegrationId header.

    >>> [is_id_name(name) for name in ("IntegrationId", "Integration ID", "x-integration-id", "cs(IntegrationId)", "integration")]
    [True, True, True, True, False]
    """
    return (
        _MAY_STAND_IN_IT.fullmatch(name) is not None
        and _NAME.fullmatch(re.sub("[^a-z0-9]", "", name.lower())) is not None
    )


def no_headers_warning(log: str) -> str:
    """The warning about a log of a product that cannot log the headers of requests."""
    return (
        f"{log} cannot hold the IntegrationId header: nobody can tell who called (id_status not_logged); load the log of the"
        " server behind it instead"
    )
