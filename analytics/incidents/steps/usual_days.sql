-- Calls and errors of each whole day of the nodes that are looked at: one row per node, class and day with calls.
-- Reads: failed_nodes, made_days, suspects, error_hours_before.
-- steps: incidents/failed_nodes, incidents/made_days, incidents/suspects
with looked_at as (
    select distinct
        integration,
        customer,
        connector,
        class
    from suspects
    union
    select distinct
        integration,
        '' as customer,
        '' as connector,
        class
    from failed_nodes
    where customer = '' and connector = ''
),

failed_days as (
    select
        integration,
        customer,
        connector,
        class,
        day,
        sum(errors) as errors
    from failed_nodes
    group by integration, customer, connector, class, day
)

select
    looked_at.integration,
    looked_at.customer,
    looked_at.connector,
    looked_at.class,
    made_days.day,
    made_days.calls,
    cast(least(coalesce(failed_days.errors, 0), made_days.calls) as bigint) as errors
from looked_at
inner join made_days
    on
        looked_at.integration = made_days.integration
        and looked_at.customer = made_days.customer
        and looked_at.connector = made_days.connector
left join failed_days
    on
        looked_at.integration = failed_days.integration
        and looked_at.customer = failed_days.customer
        and looked_at.connector = failed_days.connector
        and looked_at.class = failed_days.class
        and made_days.day = failed_days.day
