-- title: Errors of one integration
-- unit: calls
-- grain: one row per outcome and status of the integration $integration; errors only
-- key: outcome, status
-- look_back: 0
-- meaning: What went wrong, who can fix it, and the last time it was seen. Customers are those that met this error.
with counted as (
    select
        outcome,
        status,
        count(*) as calls,
        count(distinct customer) filter (where not own) as customers,
        max(called_at) as last_call
    from calls
    where integration = $integration and is_error(status)
    group by outcome, status
)

select
    outcome,
    status,
    party_of(outcome) as party,
    calls,
    customers,
    last_call
from counted
order by calls desc, outcome asc, status asc
