-- The customers that call where: one row per integration (null without a valid id), customer, product and stream, in
-- the environment and product of the scope, up to the end of the period. is_customer: whether one of these calls makes
-- it a customer of the integration.
-- Reads: read_months.
-- steps: coverage/read_months
select
    integration,
    customer,
    product,
    stream,
    bool_or(is_customer) as is_customer
from read_months
group by integration, customer, product, stream
