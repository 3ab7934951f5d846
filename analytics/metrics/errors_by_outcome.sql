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
        count(*) as calls,
        count(distinct customer) filter (where not own) as customers
    from calls
    where is_error(status)
    group by integration, folded, outcome, status
)

select
    counted.integration,
    connectors.connector,
    counted.outcome,
    counted.status,
    party_of(counted.outcome) as party,
    counted.calls,
    counted.customers
from counted
left join connectors on counted.folded = connectors.folded
order by
    counted.calls desc,
    counted.integration asc nulls last,
    connectors.connector asc nulls last,
    counted.outcome asc,
    counted.status asc
