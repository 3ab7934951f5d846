-- title: Customers per partner
-- unit: customers
-- grain: one row per partner with an identified call
-- key: partner
-- look_back: 0
-- meaning: A customer of a partner is a customer of any of its integrations. A customer that uses two of them counts
-- once.
with counted as (
    select
        partner,
        count(distinct integration) as integrations,
        added_up(calls) as calls,
        added_up_if(is_error(status), calls) as errors
    from daily_calls
    where id_status = 'valid'
    group by partner
),

customers_counted as (
    select
        partner,
        count(distinct customer) as customers
    from customer_months
    where id_status = 'valid' and is_use(status, operation, own)
    group by partner
)

select
    counted.partner,
    partners.name,
    counted.integrations,
    coalesce(customers_counted.customers, 0) as customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate
from counted
left join customers_counted on counted.partner = customers_counted.partner
left join partners on counted.partner = partners.partner
order by counted.calls desc, counted.partner asc
