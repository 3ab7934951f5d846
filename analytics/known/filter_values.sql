-- title: Values that a scope can be narrowed to
-- unit: calls
-- grain: one row per kind and value
-- key: kind, value
-- look_back: 0
-- meaning: Every value that occurs in the calls that may be seen, whatever the scope. The label is the name in the
-- registry. A partner's value is its number as text.
with seen as (
    select
        product,
        environment,
        stream,
        partner,
        integration,
        sum(calls) as calls
    from daily_calls_all
    group by product, environment, stream, partner, integration
),

pairs as (
    select 'product' as kind, product as value, calls
    from seen
    union all
    select 'environment' as kind, environment as value, calls
    from seen
    union all
    select 'stream' as kind, stream as value, calls
    from seen
    union all
    select 'partner' as kind, cast(partner as varchar) as value, calls
    from seen
    union all
    select 'integration' as kind, integration as value, calls
    from seen
),

names as (
    select 'partner' as kind, cast(partner as varchar) as value, name as label
    from partners
    union all
    select 'integration' as kind, integration as value, name as label
    from integrations
),

counted as (
    select
        kind,
        value,
        cast(sum(calls) as bigint) as calls
    from pairs
    where value is not null
    group by kind, value
)

select
    counted.kind,
    counted.value,
    names.label,
    counted.calls
from counted
left join names on counted.kind = names.kind and counted.value = names.value
order by counted.kind asc, counted.value asc
