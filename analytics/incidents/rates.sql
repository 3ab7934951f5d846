-- title: The error rate of one incident, and the one before
-- unit: fraction
-- grain: one row for the eight weeks before the incident, and one for the incident
-- key: part
-- look_back: 57
-- steps: incidents/of_node
-- meaning: The incident begins with the hour `$since_hour` (seconds since 1970) and has `$errors_found` among its `$calls_found`. `error_low` and
-- `error_high` are the ends of the 95 % Wilson interval. A part without calls has no row. Hours that a log misses are left out.
with parts as (
    select
        'before' as part,
        cast(sum(calls) as bigint) as calls,
        cast(sum(errors) as bigint) as errors
    from of_node
    where hour >= $since_hour - 56 * 24 * 3600 and hour < $since_hour
    union all
    select
        'incident' as part,
        cast($calls_found as bigint) as calls,
        cast($errors_found as bigint) as errors
)

select
    part,
    calls,
    errors,
    errors / calls as error_rate,
    wilson_low(errors, calls) as error_low,
    wilson_high(errors, calls) as error_high
from parts
where calls > 0
order by part asc
