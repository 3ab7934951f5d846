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
        count(distinct customer) filter (where is_use(status, operation, own)) as customers,
        count(*) as calls,
        count(*) filter (where is_error(status)) as errors
    from calls
    where id_status = 'valid'
    group by partner
)

select
    counted.partner,
    partners.name,
    counted.integrations,
    counted.customers,
    counted.calls,
    counted.errors,
    cast(counted.errors as double) / counted.calls as error_rate
from counted
left join partners on counted.partner = partners.partner
order by counted.calls desc, counted.partner asc
