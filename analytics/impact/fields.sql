-- title: Fields in filters
-- unit: calls
-- grain: one row per connector of $connectors and field of $fields by which a get of the connector filters
-- key: connector, field
-- look_back: 0
-- meaning: The fields among these that are surely in use, because a get names the fields that it filters by, in any
-- spelling. Fields that a call reads or writes are in its body, which no log holds.
with filtered as (
    select
        lower(connector) as connector,
        integration,
        unnest(list_distinct(list_transform(filter_fields, lambda name: lower(name)))) as field
    from calls
    where
        operation = 'get'
        and len(filter_fields) > 0
        and lower(connector) in (select lower(unnest(cast($connectors as varchar[]))))
)

select
    connector,
    field,
    count(distinct integration) as integrations,
    count(*) as calls
from filtered
where field in (select lower(unnest(cast($fields as varchar[]))))
group by connector, field
order by calls desc, connector asc, field asc
