-- title: Overview
-- unit: calls
-- grain: one row for the whole scope, also without calls
-- key: none
-- look_back: 0
-- meaning: The customers, integrations, calls and errors, counted as in the metrics.
with counted as (
    select
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(distinct integration) as integrations,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors
    from calls
)

select
    customers,
    integrations,
    calls,
    errors,
    cast(errors as double) / nullif(calls, 0) as error_rate
from counted
