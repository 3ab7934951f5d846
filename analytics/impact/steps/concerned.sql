-- What is called and going to change. The changes are lists of equal length: $changes numbers them; $connectors, $operations,
-- $endpoints, $token_forms, $protocols and $api_versions say which calls each is about, null says nothing of them. Of a service no
-- operation is compared, for it has one. An endpoint is compared where a call has one that says which part of a connector it is
-- about, which those by SOAP do not.
-- One row per entry of these lists and row of `used` that it is about; the entry's change, asked_connector, asked_operation.
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

-- Under its name, for what asks for that, and under none, for what asks for no connector.
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
