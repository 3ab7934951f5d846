-- title: IntegrationId hygiene
-- unit: calls
-- grain: one row per state of the IntegrationId and what is wrong with it
-- key: id_status, id_defect
-- look_back: 0
-- meaning: How many calls say who they are. Share is the fraction of the calls in scope.
with counted as (
    select
        id_status,
        id_defect,
        count(*) as calls,
        count(distinct customer) filter (where is_use(status, operation, own)) as customers
    from calls
    group by id_status, id_defect
),

total as (
    select cast(sum(calls) as bigint) as all_calls
    from counted
)

select
    counted.id_status,
    counted.id_defect,
    counted.calls,
    counted.customers,
    cast(counted.calls as double) / total.all_calls as share
from counted
cross join total
order by counted.calls desc, counted.id_status asc, counted.id_defect asc nulls last
