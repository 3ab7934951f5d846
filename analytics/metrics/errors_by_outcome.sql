-- title: Errors by outcome
-- unit: calls
-- grain: one row per integration, connector, outcome and status; errors only
-- key: integration, connector, outcome, status
-- look_back: 0
-- meaning: What went wrong, and who can fix it: the customer (its configuration), the partner (its program) or the
-- vendor (the service). Customers are those that met this error; the partner's own environment does not count.
with named as (
    select
        calls.integration,
        spellings.connector,
        calls.outcome,
        calls.status,
        party_of(calls.outcome) as party,
        calls.customer,
        calls.own
    from calls
    left join spellings on calls.connector = spellings.sent
    where is_error(calls.status)
),

counted as (
    select
        integration,
        connector,
        outcome,
        status,
        party,
        count(*) as calls,
        count(distinct customer) filter (where not own) as customers
    from named
    group by integration, connector, outcome, status, party
)

select
    integration,
    connector,
    outcome,
    status,
    party,
    calls,
    customers
from counted
order by calls desc, integration asc nulls last, connector asc nulls last, outcome asc, status asc
