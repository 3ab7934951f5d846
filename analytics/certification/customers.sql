-- title: Customers of one integration, for its certification
-- unit: customers
-- grain: one row per customer that the integration $integration ever called, except the partner's own environment
-- key: customer
-- look_back: 0
-- steps: certification/last_day
-- meaning: The customers that count, and for how long.
-- presence: `counts`: a call without an error in the $window days that end with the period. `silent`: counts, but has
-- been quiet for at least a week and three times as long as usual. `failing`: only errors in the window. `left`: no
-- call in the window.
-- leaves_on: the first day on which the window no longer holds the last good call. Calls and errors are those in the
-- window.
with counted as (
    select
        calls.customer,
        last_day.day as today,
        count(*) filter (where calls.day > last_day.day - $window) as calls,
        count(*) filter (where calls.day > last_day.day - $window and is_error(calls.status)) as errors,
        min(calls.day) filter (where is_use(calls.status, calls.operation, calls.own)) as first_day,
        max(calls.day) filter (where is_use(calls.status, calls.operation, calls.own)) as last_active_day,
        count(distinct calls.day) filter (where is_use(calls.status, calls.operation, calls.own)) as active_days,
        max(calls.called_at) filter (where is_use(calls.status, calls.operation, calls.own)) as last_customer_call,
        max(calls.called_at) as last_call
    from calls
    cross join last_day
    where calls.integration = $integration and not calls.own
    group by calls.customer, last_day.day
),

judged as (
    select
        customer,
        calls,
        errors,
        last_customer_call,
        last_call,
        cast(last_active_day + $window as date) as leaves_on,
        case
            when coalesce(last_active_day <= today - $window, true) and calls > 0 then 'failing'
            when coalesce(last_active_day <= today - $window, true) then 'left'
            when
                active_days > 1
                and date_diff('day', last_active_day, today)
                >= greatest(7, 3.0 * date_diff('day', first_day, last_active_day) / (active_days - 1))
                then 'silent'
            else 'counts'
        end as presence
    from counted
)

select
    judged.customer,
    customers.name,
    customers.branch,
    judged.presence,
    judged.calls,
    judged.errors,
    cast(judged.errors as double) / nullif(judged.calls, 0) as error_rate,
    judged.last_customer_call,
    judged.leaves_on
from judged
left join customers on judged.customer = customers.customer
order by judged.leaves_on desc nulls last, judged.calls desc, judged.customer asc
