-- title: Names of one kind that occur
-- unit: calls
-- grain: one row per name of the kind $kind (connector, element, api_version, field)
-- key: name
-- look_back: 0
-- meaning: Every name of this kind that calls hold, whatever the scope, the most frequent first. A call without a
-- connector has an address of its own, which is its name here. An element is a part of an address below the connector;
-- redacted ones are left out. A field is one by which gets of the connector $connector filter. Names that differ only
-- in case are one name, in its most frequent spelling.
with named as (
    select coalesce(connector, split_part(split_part(endpoint, '/', 1), '.', 1)) as name
    from calls_all
    where $kind = 'connector'
    union all
    select api_version as name
    from calls_all
    where $kind = 'api_version'
    union all
    select split_part(endpoint, '/', 3) as name
    from calls_all
    where $kind = 'element' and starts_with(endpoint, 'connectors/') and split_part(endpoint, '/', 3) <> 'redacted'
    union all
    select unnest(filter_fields) as name
    from calls_all
    where $kind = 'field' and lower(connector) = lower(cast($connector as varchar))
),

spelled as (
    select
        name,
        count(*) as spelling_calls
    from named
    where name is not null and name <> ''
    group by name
)

select
    max_by(name, spelling_calls) as name,
    cast(sum(spelling_calls) as bigint) as calls
from spelled
group by lower(name)
order by calls desc, lower(name) asc
