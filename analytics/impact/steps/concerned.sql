-- The calls that each change affects. The changes are lists of equal length. $changes numbers them. $connectors,
-- $operations, $endpoints, $token_forms, $protocols and $api_versions say which calls each change affects; a null there
-- does not narrow it. A service has only one operation, so its operation is not compared. An endpoint is compared only
-- if the call has one that names a part of a connector; calls over SOAP have none.
-- One row per entry of these lists and row of `used` that it affects, with the entry's change, asked_connector and
-- asked_operation.
-- Reads: used.
with criteria as (
    select
        unnest(cast($changes as integer[])) as change,
        unnest(cast($connectors as varchar[])) as connector,
        unnest(cast($operations as varchar[])) as operation,
        unnest(cast($endpoints as varchar[])) as endpoint,
        unnest(cast($token_forms as varchar[])) as token_form,
        unnest(cast($protocols as varchar[])) as protocol,
        unnest(cast($api_versions as varchar[])) as api_version
),

-- Each row appears under its name, for the criteria that name a connector, and under null, for those that name none.
found_by as (
    select
        used.*,
        unnest([name, null]) as asked_name
    from used
)

select
    criteria.change,
    criteria.connector as asked_connector,
    criteria.operation as asked_operation,
    found_by.*
from criteria
inner join found_by
    on
        lower(criteria.connector) is not distinct from found_by.asked_name
        and (
            criteria.operation is null
            or criteria.operation = found_by.operation
            or (criteria.connector is not null and found_by.is_service)
        )
        and (
            criteria.endpoint is null
            or not starts_with(found_by.endpoint, 'connectors/')
            or lower(criteria.endpoint) = found_by.endpoint
        )
        and (criteria.token_form is null or criteria.token_form = found_by.token_form)
        and (criteria.protocol is null or criteria.protocol = found_by.protocol)
        and (criteria.api_version is null or criteria.api_version = found_by.api_version)
