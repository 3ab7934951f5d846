-- title: Seen in calls, but without a name
-- unit: calls
-- grain: one row per partner, integration and customer that calls name and the registry does not
-- key: relation, key
-- look_back: 0
-- meaning: The numbers and customers whose names to ask for, the busiest first. A row of the registry without a name
-- (for a customer, without a name and a branch) says nothing, so it is listed too. A partner's own environment is not a
-- customer. An id that never existed, such as a typing error, is listed too if it has the form of an id.
with counted as (
    select
        1 as place,
        'partners' as relation,
        cast(partner as varchar) as key,
        added_up(calls) as calls,
        min(first_call) as first_call,
        max(last_call) as last_call
    from daily_calls
    where id_status = 'valid'
    group by partner
    union all
    select
        2 as place,
        'integrations' as relation,
        integration as key,
        added_up(calls) as calls,
        min(first_call) as first_call,
        max(last_call) as last_call
    from daily_calls
    where id_status = 'valid'
    group by integration
    union all
    select
        3 as place,
        'customers' as relation,
        customer as key,
        added_up(calls) as calls,
        min(first_call) as first_call,
        max(last_call) as last_call
    from customer_days
    where not own
    group by customer
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
