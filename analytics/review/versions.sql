-- title: API versions that one integration asks for
-- unit: calls
-- grain: one row per connector, operation and version (null: none) of the SB calls of the integration $integration
-- key: connector, operation, api_version, is_logged
-- look_back: 0
-- meaning: Which version of each endpoint the integration asks for in Accept-Version. Log-ins are left out. is_logged says
-- whether any call of the same log has a version, whosever it is: if none has, the log may lack the header, and then its
-- absence says nothing.
with logged as (
    select distinct stream
    from calls_all
    where product = 'sb' and api_version is not null
),

counted as (
    select
        lower(calls.connector) as folded,
        calls.operation,
        calls.api_version,
        logged.stream is not null as is_logged,
        count(*) as calls,
        count(*) filter (where is_error(calls.status)) as errors,
        count(distinct calls.customer) filter (where is_use(calls.status, calls.operation, calls.own)) as customers,
        min(calls.called_at) as first_call,
        max(calls.called_at) as last_call
    from calls
    left join logged on calls.stream = logged.stream
    where calls.integration = $integration and calls.product = 'sb' and calls.operation not in ('auth', 'version')
    group by lower(calls.connector), calls.operation, calls.api_version, logged.stream is not null
)

select
    connectors.connector,
    counted.operation,
    counted.api_version,
    counted.is_logged,
    counted.calls,
    counted.errors,
    counted.customers,
    counted.first_call,
    counted.last_call
from counted
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc, connectors.connector asc nulls last, counted.operation asc, counted.api_version asc nulls last,
    counted.is_logged desc
