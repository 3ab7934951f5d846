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
        called.customer,
        last_day.day as today,
        added_up_if(called.day > last_day.day - $window, called.calls) as calls,
        added_up_if(called.day > last_day.day - $window, called.errors) as errors,
        min(called.day) filter (where called.served > 0) as first_day,
        max(called.day) filter (where called.served > 0) as last_active_day,
        count(distinct called.day) filter (where called.served > 0) as active_days,
        max(called.last_served) as last_customer_call,
        max(called.last_call) as last_call
    from customer_days as called
    cross join last_day
    where called.integration = $integration and not called.own
    group by called.customer, last_day.day
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
