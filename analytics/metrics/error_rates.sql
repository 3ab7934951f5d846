-- title: Error rates
-- unit: fraction of calls
-- grain: one row per identified integration with a call
-- key: integration
-- look_back: 0
-- meaning: An error is a status of 400 or above. The interval is Wilson's, 95 %: where few calls were made it is wide,
-- and two integrations whose intervals overlap are not known to differ.
with counted as (
    select
        integration,
        count(*) as calls,
        count(*) filter (where status >= 400) as errors
    from calls
    where id_status = 'valid'
    group by integration
),

rated as (
    select
        integration,
        calls,
        errors,
        cast(errors as double) / calls as error_rate,
        1.959963984540054 as z
    from counted
),

interval_parts as (
    select
        integration,
        calls,
        errors,
        error_rate,
        error_rate + z * z / (2 * calls) as centre,
        z * sqrt(error_rate * (1 - error_rate) / calls + z * z / (4 * calls * calls)) as margin,
        1 + z * z / calls as divisor
    from rated
)

select
    integration,
    calls,
    errors,
    error_rate,
    case when errors = 0 then 0.0 else (centre - margin) / divisor end as error_rate_low,
    case when errors = calls then 1.0 else (centre + margin) / divisor end as error_rate_high
from interval_parts
order by calls desc, integration asc
