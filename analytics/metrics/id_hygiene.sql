-- title: IntegrationId hygiene
-- unit: calls
-- grain: one row per id_status and id_defect
-- key: id_status, id_defect
-- look_back: 0
-- meaning: How many calls say which integration made them. Share is the fraction of those calls in scope whose log
-- could have held the header. Calls with `not_logged` have a row of their own and no share: they may or may not have
-- sent an id.
with counted as (
    select
        id_status,
        id_defect,
        added_up(calls) as calls
    from daily_calls
    group by id_status, id_defect
),

customers_counted as (
    select
        id_status,
        id_defect,
        count(distinct customer) as customers
    from customer_months
    where is_use(status, operation, own)
    group by id_status, id_defect
),

total as (
    select cast(sum(calls) as bigint) as logged_calls
    from counted
    where id_status <> 'not_logged'
)

select
    counted.id_status,
    counted.id_defect,
    counted.calls,
    coalesce(customers_counted.customers, 0) as customers,
    case when counted.id_status <> 'not_logged' then cast(counted.calls as double) / total.logged_calls end as share
from counted
cross join total
left join customers_counted
    on
        counted.id_status = customers_counted.id_status
        and counted.id_defect is not distinct from customers_counted.id_defect
order by counted.calls desc, counted.id_status asc, counted.id_defect asc nulls last
