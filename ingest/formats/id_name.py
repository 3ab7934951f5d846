"""What people call the field that holds the IntegrationId, where a log has it as a field of its own.

A column, a key, a variable and a custom field have the name that somebody gave them: IntegrationId as the header is called,
integration_id, "Integration ID", x-integration-id, http_integrationid, cs(IntegrationId). All of them mean the header, and one that
was not found would make each of its calls one of nobody. Names inside of an object of request headers are another thing: there
Integration-Id is a header that was sent, and not this one.
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
