-- Calls, errors and customers of each integration, with its first and last call.
with counted as (
    select
        integration,
        partner,
        project,
        sum(n) as calls,
        sumIf(n, status >= 400) as errors,
        min(first) as first_call,
        max(last) as last_call
    from (
        select integration, partner, project, status, count() as n, min(called_at) as first, max(called_at) as last
        from peer.calls
        where day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
        group by integration, partner, project, status
    )
    group by integration, partner, project
),

customers_counted as (
    select integration, count() as customers
    from (
        select integration, customer
        from peer.calls
        where
            day >= {since:Date} and day < {until:Date} and environment = 'production' and id_status = 'valid'
            and status < 400 and operation <> 'auth' and not own
        group by integration, customer
    )
    group by integration
)

select
    counted.integration as integration,
    partner,
    project,
    calls,
    errors,
    customers,
    first_call,
    last_call
from counted
left join customers_counted on counted.integration = customers_counted.integration
