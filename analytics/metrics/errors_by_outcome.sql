-- title: Errors by outcome
-- unit: calls
-- grain: one row per integration, connector, outcome and status; errors only
-- key: integration, connector, outcome, status
-- look_back: 0
-- meaning: What went wrong, and who can fix it: the customer (its configuration), the partner (its program) or the
-- vendor (the service). Customers are those that met this error; the partner's own environment does not count.
with counted as (
    select
        integration,
        lower(connector) as folded,
        outcome,
        status,
        added_up(calls) as calls
    from daily_calls
    where is_error(status)
    group by integration, folded, outcome, status
),

customers_counted as (
    select
        integration,
        lower(connector) as folded,
        outcome,
        status,
        count(distinct customer) as customers
    from customer_months
    where is_error(status) and not own
    group by integration, folded, outcome, status
)

select
    counted.integration,
    connectors.connector,
    counted.outcome,
    counted.status,
    party_of(counted.outcome) as party,
    counted.calls,
    coalesce(customers_counted.customers, 0) as customers
from counted
left join customers_counted
    on
        counted.integration is not distinct from customers_counted.integration
        and counted.folded is not distinct from customers_counted.folded
        and counted.outcome = customers_counted.outcome
        and counted.status = customers_counted.status
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc,
    counted.integration asc nulls last,
    connectors.connector asc nulls last,
    counted.outcome asc,
    counted.status asc
