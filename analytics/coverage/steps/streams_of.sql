-- In which logs an integration, or a customer of it, is seen: one row per integration and stream. An hour that one of them
-- misses may hide a customer; what other logs miss does not concern it.
-- Reads: customers_of.
-- steps: coverage/customers_of
select
    integration,
    stream
from customers_of
where integration is not null
union
select
    known.integration,
    seen.stream
from (
    select distinct
        integration,
        customer
    from customers_of
    where integration is not null and is_customer
) as known
inner join customers_of as seen on known.customer = seen.customer
