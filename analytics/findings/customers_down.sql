-- title: Integrations that have lost customers
-- unit: customers
-- grain: one row per integration that has lost at least half of its customers
-- key: integration
-- look_back: 60
-- steps: certification/last_day
-- meaning: `now` counts the customers of the last 30 days of the period, and `before` those of the 30 days before. At least four are needed before, and one now: without any, it is silent.
with used as (
    select
        integration,
        partner,
        customer,
        month,
        bit_or(days) as days
    from customer_months_before
    where id_status = 'valid' and is_use(status, operation, own)
    group by integration, partner, customer, month
),

compared as (
    select
        scope.until,
        cast(last_day.day - interval 29 day as date) as since
    from scope
    cross join last_day
),

-- The days of each month that are in the 30 days, and in those before them.
masks as (
    select
        months.month,
        days_within(months.month, -1, compared.since, compared.until) as now,
        days_within(months.month, -1, cast(compared.since - interval 30 day as date), compared.since) as before
    from (select distinct month from used) as months
    cross join compared
),

presence as (
    select
        used.integration,
        used.partner,
        used.customer,
        bool_or(used.days & masks.now <> 0) as is_here,
        bool_or(used.days & masks.before <> 0) as was_here
    from used
    inner join masks on used.month = masks.month
    group by used.integration, used.partner, used.customer
)

select
    integration,
    partner,
    count(*) filter (where is_here) as now,
    count(*) filter (where was_here) as before
from presence
group by integration, partner
having
    count(*) filter (where was_here) >= 4
    and count(*) filter (where is_here) > 0
    and 2 * count(*) filter (where is_here) <= count(*) filter (where was_here)
order by before desc, integration asc
