-- title: Accept against production
-- unit: fraction of calls
-- grain: one row per identified integration and connector with a call in accept
-- key: integration, connector
-- look_back: 0
-- steps: accept/spelled
-- meaning: What fails in accept and not yet in production. Accept gets each release first, so its errors are an early
-- warning. The metric compares the calls of the same integration and connector in accept and in production, whichever
-- environment is asked for. low and high: the 95 % interval of accept_rate minus production_rate (Newcombe's, from the
-- Wilson intervals of the two rates). If low is above 0, accept is worse, and chance hardly explains it: among forty
-- integrations without trouble, chance alone shows it about once. If no call was made in production, the rate there and
-- the interval are null.
with counted as (
    select
        integration,
        lower(connector) as folded,
        added_up_if(environment = 'accept', calls) as accept_calls,
        added_up_if(environment = 'accept' and is_error(status), calls) as accept_errors,
        added_up_if(environment = 'production', calls) as production_calls,
        added_up_if(environment = 'production' and is_error(status), calls) as production_errors
    from daily_calls_everywhere
    where id_status = 'valid' and environment in ('accept', 'production')
    group by integration, folded
),

rated as (
    select
        counted.integration,
        spelled.connector,
        counted.accept_calls,
        counted.accept_errors,
        cast(counted.accept_errors as double) / counted.accept_calls as accept_rate,
        counted.production_calls,
        counted.production_errors,
        cast(counted.production_errors as double) / nullif(counted.production_calls, 0) as production_rate
    from counted
    left join spelled on counted.folded = spelled.folded
    where counted.accept_calls > 0
)

select
    integration,
    connector,
    accept_calls,
    accept_errors,
    accept_rate,
    production_calls,
    production_errors,
    production_rate,
    difference_low(accept_errors, accept_calls, production_errors, production_calls) as low,
    difference_high(accept_errors, accept_calls, production_errors, production_calls) as high
from rated
order by accept_calls desc, integration asc, connector asc nulls last
