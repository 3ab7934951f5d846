-- title: The course of the integrations
-- unit: calls
-- grain: one row per identified integration and day with a call
-- key: integration, day
-- look_back: 0
-- meaning: How each integration came on, its errors included. Customers are those with a call that was no error and no log-in, own
-- calls excluded.
with counted as (
    select
        integration,
        day,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors
    from calls
    where id_status = 'valid'
    group by integration, day
)

select
    integration,
    day,
    customers,
    calls,
    errors,
    cast(errors as double) / calls as error_rate
from counted
order by integration asc, day asc
