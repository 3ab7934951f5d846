-- The names in a URL, as they may be kept: of the customer, of connectors and of the elements of a record.

-- One row per row of request_base_texts. names: the parts of the path that are names, each at its place, redacted; connector_at: the
-- place of the connector's.
create or replace view request_names as
-- parts: those of the path that are names, at their places, and behind them the words of an SB customer. Values are left out.
with parted as (
    select
        *,
        case when product = 'sb' then 'customer' when kind = 'connector' and method = 'DELETE' then 'delete' else 'other' end as place,
        list_concat(
            case
                when kind = 'connector' and method = 'DELETE'
                    then [case when i > 2 and (i = 3 or i % 3 > 0) then part end for part, i in path]
                when kind = 'connector' and method in ('POST', 'PUT') then [null, null, path[3], path[4]]
                when kind in ('connector', 'api', 'bi') then [null, null, path[3]]
                when kind = 'metainfo' then [null, null, null, path[4]]
                when kind = 'service' then [null, path[2][:-6]]
                else []
            end,
            case when product = 'sb' then case when kind = 'api' then [label, low[1]] else [null, null, null, label, low[1]] end else [] end
        ) as parts
    from request_routes
),

-- names: the parts as they may be shown. The same ones come back from customer to customer, and each is judged once. In a delete
-- path the second of three is a list of keys.
named as (
    select
        parts,
        place,
        [
            array_to_string(
                list_transform(
                    case
                        when place = 'delete' and i > 4 and i % 3 = 2
                            then list_transform(string_split(part, ','), lambda key: ltrim(key, '@'))
                        else [part]
                    end,
                    lambda name: case
                        -- a number is a customer of SB, but no name
                        when regexp_matches(name, '[A-Za-z]') or i > 3 and place = 'customer' then redacted_word(name)
                        else 'redacted'
                    end
                ),
                ','
            ) for part, i in parts
        ] as names
    from (select distinct parts, place from parted)
)

select
    parted.*,
    named.names,
    case kind
        when 'connector' then 3
        when 'metainfo' then case when low[3] in ('get', 'update') and len(low) > 3 then 4 end
        when 'api' then 3
    end as connector_at,
    case
        when product = 'profit' and regexp_full_match(label, '[1-9][0-9]{3,6}') then label
        when
            product = 'sb'
            and regexp_full_match(label, '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?')
            and low[1] not in ('app', 'authentication', 'api')
            then names[4] || '/' || case when regexp_full_match(low[1], '[a-z0-9_-]{1,64}') then names[5] else 'redacted' end
    end as customer
from parted
left join named on named.parts = parted.parts and named.place = parted.place;
