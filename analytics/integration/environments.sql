-- title: Environments of one integration
-- unit: calls
-- grain: one row per environment that the integration $integration called
-- key: environment
-- look_back: 0
-- meaning: The environments in which the integration runs, in the period of the scope. The rest of the scope does not
-- narrow this.
with counted as (
    select
        called.environment,
        count(distinct called.customer) filter (where called.served > 0 and not called.own) as customers,
        added_up(called.calls) as calls,
        added_up(called.errors) as errors,
        min(called.first_call) as first_call,
        max(called.last_call) as last_call
    from customer_days_all as called
    cross join scope
    where
        called.integration = $integration
        and called.day >= scope.since
        and called.day < scope.until
    group by called.environment
)

select
    environment,
    customers,
    calls,
    errors,
    cast(errors as double) / calls as error_rate,
    first_call,
    last_call
from counted
order by calls desc, environment asc
