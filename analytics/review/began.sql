-- title: Customers that began to use one integration
-- unit: customers
-- grain: one row per customer that the integration $integration called, except the partner's own environment
-- key: customer
-- look_back: 0
-- steps: completeness/heard, completeness/counted, completeness/calendar, completeness/lives
-- meaning: Since when each customer is there: its first call, good or bad. Ask this without a beginning, because only the
-- first of all calls is the first one. is_new says whether the logs can show that it was. They do if they begin at least
-- 31 days before it (a payroll calls once a month), or if the integration itself does not call in their first 7 days.
-- Otherwise the customer may have been there for years. Calls, errors and last_call are of the whole time until the end
-- of the period.
with seen as (
    select
        called.customer,
        min(called.first_call) as first_call,
        max(called.last_call) as last_call,
        min(called.day) as first_day,
        added_up(called.calls) as calls,
        added_up(called.errors) as errors,
        added_up(called.served) as served,
        min(called.day) filter (where called.served > 0) as first_served_day
    from customer_days as called
    where called.integration = $integration and not called.own
    group by called.customer
),

-- A customer may be in several logs. The one in which it appears first tells how long it was not there.
first_streams as (
    select
        seen.customer,
        min(cast(timezone(scope.time_zone, lives.first_hour) as date)) as logged_since
    from seen
    inner join customer_days as called
        on
            seen.customer = called.customer
            and seen.first_day = called.day
            and called.integration = $integration
    left join lives on called.stream = lives.stream
    cross join scope
    group by seen.customer
),

begun as (
    select min(seen.first_day) as first_day
    from seen
)

select
    seen.customer,
    customers.name,
    customers.branch,
    seen.first_call,
    seen.first_day,
    seen.first_served_day,
    seen.last_call,
    seen.calls,
    seen.errors,
    seen.served,
    coalesce(
        seen.first_day - first_streams.logged_since >= 31
        or begun.first_day - first_streams.logged_since >= 7,
        false
    ) as is_new
from seen
inner join first_streams on seen.customer = first_streams.customer
cross join begun
left join customers on seen.customer = customers.customer
order by seen.first_call asc, seen.customer asc
