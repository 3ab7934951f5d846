-- title: Good calls of one integration
-- unit: calls
-- grain: one row
-- key: none
-- look_back: 0
-- meaning: The calls that carry the id of the integration $integration, and what became of them. Good calls have a status
-- below 400. Judged calls leave out those that failed for a reason that only the customer or the vendor can remove:
-- they say nothing about the program. Writes are inserts, updates, deletes, and SOAP calls that do one of these. Used
-- calls succeeded, and were more than a log-in or a look at the API (metainfo, version).
with counted as (
    select
        product,
        day,
        calls,
        operation in ('insert', 'update', 'delete', 'write') as is_write,
        not is_error(status) as is_good,
        coalesce(party_of(outcome) in ('customer', 'vendor'), false) as is_of_others,
        is_served(status, operation) and operation not in ('metainfo', 'version') as is_used
    from daily_calls
    where integration = $integration
),

totals as (
    select
        added_up(calls) as calls,
        added_up_if(is_good, calls) as good,
        added_up_if(not is_of_others, calls) as judged,
        added_up_if(is_write, calls) as writes,
        added_up_if(is_write and is_good, calls) as good_writes,
        added_up_if(is_write and not is_of_others, calls) as judged_writes,
        added_up_if(is_used, calls) as used,
        added_up_if(product = 'profit', calls) as profit_calls,
        added_up_if(product = 'sb', calls) as sb_calls,
        count(distinct day) as days
    from counted
)

select
    *,
    case when calls > 0 then wilson_low(good, calls) end as good_low,
    case when calls > 0 then wilson_high(good, calls) end as good_high,
    case when judged > 0 then wilson_low(good, judged) end as judged_low,
    case when judged > 0 then wilson_high(good, judged) end as judged_high,
    case when judged_writes > 0 then wilson_low(good_writes, judged_writes) end as writes_low,
    case when judged_writes > 0 then wilson_high(good_writes, judged_writes) end as writes_high
from totals
