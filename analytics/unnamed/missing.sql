-- title: Seen in calls, but without a name
-- unit: calls
-- grain: one row per partner, integration and customer that calls name and the registry does not
-- key: relation, key
-- look_back: 0
-- meaning: The numbers and customers whose names to ask for, the busiest first. A row of the registry without a name
-- (for a customer, without a name and a branch) says nothing, so it is listed too. A partner's own environment is not a
-- customer. An id that never existed, such as a typing error, is listed too if it has the form of an id.
with seen as (
    select
        1 as place,
        'partners' as relation,
        cast(partner as varchar) as key,
        called_at
    from calls
    where id_status = 'valid'
    union all
    select
        2 as place,
        'integrations' as relation,
        integration as key,
        called_at
    from calls
    where id_status = 'valid'
    union all
    select
        3 as place,
        'customers' as relation,
        customer as key,
        called_at
    from calls
    where not own
),

counted as (
    select
        place,
        relation,
        key,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from seen
    group by place, relation, key
),

named as (
    select
        'partners' as relation,
        cast(partner as varchar) as key
    from partners
    where name is not null
    union all
    select
        'integrations' as relation,
        integration as key
    from integrations
    where name is not null
    union all
    select
        'customers' as relation,
        customer as key
    from customers
    where name is not null or branch is not null
)

select
    counted.relation,
    counted.key,
    counted.calls,
    counted.first_call,
    counted.last_call
from counted
anti join named on counted.relation = named.relation and counted.key = named.key
order by counted.place asc, counted.calls desc, counted.key asc
