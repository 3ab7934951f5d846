-- The calls beside which five others of the same caller at the same customer may be under way: one row each. Only these can
-- break the rule `parallel`, and to compare all calls with one another would take far longer.
-- Reads: timed.
with minutes as (
    select
        caller,
        customer,
        environment,
        surely_from // 60000000 as minute,
        count(*) as calls,
        max(until - surely_from) > 60000000 as is_long
    from timed
    where until > surely_from
    group by caller, customer, environment, surely_from // 60000000
),

-- Six overlapping calls that take at most a minute each begin within two clock minutes, so one of these minutes holds at
-- least three of them. The others begin in that minute or in a neighbouring one.
crowded as (
    select distinct
        caller,
        customer,
        environment,
        unnest([minute - 1, minute, minute + 1]) as minute
    from minutes
    where calls >= 3
),

lasting as (
    select distinct
        caller,
        customer,
        environment
    from minutes
    where is_long
)

select timed.*
from timed
left join crowded
    on
        timed.caller = crowded.caller
        and timed.customer = crowded.customer
        and timed.environment = crowded.environment
        and timed.surely_from // 60000000 = crowded.minute
left join lasting
    on
        timed.caller = lasting.caller
        and timed.customer = lasting.customer
        and timed.environment = lasting.environment
where timed.until > timed.surely_from and (crowded.minute is not null or lasting.caller is not null)
