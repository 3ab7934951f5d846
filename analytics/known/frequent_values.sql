-- title: The most frequent connectors and customers
-- unit: calls
-- grain: one row per kind (connector, customer) and value, at most 1000 of each kind
-- key: kind, value
-- look_back: 0
-- meaning: The values that occur most often in the calls that may be seen, whatever the scope. There are too many to
-- list them all, so a page offers these and accepts any other by name. Connectors are in their most frequent spelling.
-- A customer's label is its name in the registry.
with spelled as (
    select
        lower(connector) as folded,
        connector,
        sum(calls) as calls
    from daily_calls_all
    where connector is not null
    group by lower(connector), connector
),

connectors as (
    select
        connector,
        sum(calls) over (partition by folded) as calls,
        row_number() over (partition by folded order by calls desc, connector asc) as place
    from spelled
),

customers_called as (
    select
        customer,
        added_up(calls) as calls
    from customer_days_all
    group by customer
),

named as (
    select
        'connector' as kind,
        connector as value,
        cast(null as varchar) as label,
        cast(calls as bigint) as calls
    from connectors
    where place = 1
    union all
    select
        'customer' as kind,
        customers_called.customer as value,
        customers.name as label,
        customers_called.calls
    from customers_called
    left join customers on customers_called.customer = customers.customer
),

ranked as (
    select
        kind,
        value,
        label,
        calls,
        row_number() over (partition by kind order by calls desc, value asc) as place
    from named
)

select
    kind,
    value,
    label,
    calls
from ranked
where place <= 1000
order by kind asc, value asc
