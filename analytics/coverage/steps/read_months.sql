-- The customers that were seen: one row per integration (null without a valid id), customer, product, stream and month, in the
-- environment and product of the scope, up to the end of the period. The rest of the scope does not narrow this, because a call
-- that one log misses may belong to any integration. It is the one scan of these calls: every step that asks who called where
-- reads it.
-- is_customer: whether one of these calls makes the customer a customer of the integration. is_asked: whether one of them
-- does that the whole scope keeps.
-- Reads: customer_months_of_anybody.
select
    integration,
    customer,
    product,
    stream,
    month,
    bool_or(is_use(status, operation, own)) as is_customer,
    bool_or(is_asked and is_use(status, operation, own)) as is_asked
from customer_months_of_anybody
group by integration, customer, product, stream, month
