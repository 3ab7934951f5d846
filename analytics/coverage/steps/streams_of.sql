-- The logs in which an integration, or one of its customers, is seen: one row per integration and stream. An hour that
-- one of these logs misses may hide a customer. What other logs miss does not affect the integration.
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
