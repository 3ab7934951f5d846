-- The customers of the registry and their branches: one row per customer.
-- Reads: lake.customers.
select
    customer,
    name,
    branch
from lake.customers
