-- title: Customers for whom nothing works any more
-- unit: calls
-- grain: one row per integration and customer whose last identified call in the period failed, own calls excluded
-- key: integration, customer
-- look_back: 0
-- meaning: How many calls failed since the last one that did not, since when, and with what outcome most often. A
-- customer without any success in the period has no last_success. A log-in is none: tokens come while all else fails.
with succeeded as (
    select
        integration,
        customer,
        max(last_served) as last_success,
        max(last_call) filter (where errors > 0) as last_call
    from customer_days
    where id_status = 'valid' and not own
    group by integration, customer
),

failed as (
    select
        calls.integration,
        calls.customer,
        calls.outcome,
        calls.called_at,
        succeeded.last_success
    from calls
    inner join succeeded on calls.integration = succeeded.integration and calls.customer = succeeded.customer
    where
        -- most customers have no error since: none of their calls has to be looked at
        (succeeded.last_success is null or succeeded.last_call > succeeded.last_success)
        and calls.id_status = 'valid'
        and not calls.own
        and is_error(calls.status)
        and (succeeded.last_success is null or calls.called_at > succeeded.last_success)
),

by_outcome as (
    select
        integration,
        customer,
        outcome,
        count(*) as frequency
    from failed
    group by integration, customer, outcome
),

ranked as (
    select
        integration,
        customer,
        outcome,
        row_number() over (partition by integration, customer order by frequency desc, outcome asc) as place
    from by_outcome
),

counted as (
    select
        integration,
        customer,
        last_success,
        count(*) as calls,
        min(called_at) as failing_since,
        max(called_at) as last_call
    from failed
    group by integration, customer, last_success
)

select
    counted.integration,
    counted.customer,
    customers.name,
    ranked.outcome,
    case
        when ranked.outcome in ('unauthorized', 'forbidden') then 'customer'
        when ranked.outcome in ('unavailable', 'timeout', 'server_error') then 'vendor'
        else 'partner'
    end as party,
    counted.calls,
    counted.failing_since,
    counted.last_call,
    counted.last_success
from counted
inner join ranked
    on counted.integration = ranked.integration and counted.customer = ranked.customer and ranked.place = 1
left join customers on counted.customer = customers.customer
order by counted.calls desc, counted.integration asc, counted.customer asc
