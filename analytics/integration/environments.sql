-- title: Environments of one integration
-- unit: calls
-- grain: one row per environment that the integration $integration called
-- key: environment
-- look_back: 0
-- meaning: The environments in which the integration runs, in the period of the scope. The rest of the scope does not
-- narrow this.
with counted as (
    select
        calls_all.environment,
        count(distinct calls_all.customer) filter (where is_use(calls_all.status, calls_all.operation, calls_all.own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(calls_all.status)) as errors,
        min(calls_all.called_at) as first_call,
        max(calls_all.called_at) as last_call
    from calls_all
    cross join scope
    where
        calls_all.integration = $integration
        and calls_all.day >= scope.since
        and calls_all.day < scope.until
    group by calls_all.environment
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
