-- title: Error rates
-- unit: fraction of calls
-- grain: one row per identified integration with a call
-- key: integration
-- look_back: 0
-- meaning: An error is a call with a status of 400 or above. The interval is the 95 % Wilson interval. It is wide if
-- there are few calls. If the intervals of two integrations overlap, their rates may be the same.
with counted as (
    select
        integration,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors
    from daily_calls
    where id_status = 'valid'
    group by integration
)

select
    integration,
    calls,
    errors,
    cast(errors as double) / calls as error_rate,
    wilson_low(errors, calls) as error_rate_low,
    wilson_high(errors, calls) as error_rate_high
from counted
order by calls desc, integration asc
