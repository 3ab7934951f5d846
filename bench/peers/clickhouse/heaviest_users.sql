-- The ten users of each day whose calls took the longest. Without the connector that took most of their time.
with users as (
    select
        day,
        integration,
        if(integration = '', customer, '') as unnamed,
        sum(n) as calls,
        sumIf(n, status >= 400) as errors,
        sum(micros) as micros
    from (
        select
            day,
            integration,
            customer,
            status,
            count() as n,
            sum(toInt64(round(duration_ms * 1000))) as micros
        from peer.calls
        where day >= {since:Date} and day < {until:Date} and environment = 'production'
        group by day, integration, customer, status
    )
    group by day, integration, unnamed
)

select
    day,
    nullIf(integration, '') as integration,
    nullIf(unnamed, '') as customer,
    calls,
    errors,
    micros / 1000000 as seconds
from users
qualify row_number() over (partition by day order by micros desc nulls last, calls desc, integration asc, unnamed asc) <= 10
