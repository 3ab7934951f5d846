-- The ten users of each day whose calls took the longest. Without the connector that took most of their time.
with users as (
    select
        day,
        integration,
        case when integration is null then customer end as customer,
        count(*) as calls,
        count(*) filter (where status >= 400) as errors,
        sum(cast(duration_ms * 1000 as bigint)) as micros
    from calls
    where day >= $since and day < $until and environment = 'production'
    group by day, integration, case when integration is null then customer end
)

select
    day,
    integration,
    customer,
    calls,
    errors,
    cast(micros as double) / 1000000 as seconds
from users
qualify
    row_number() over (
        partition by day
        order by micros desc nulls last, calls desc, integration asc nulls last, customer asc
    ) <= 10
