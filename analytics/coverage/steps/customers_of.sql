-- The customers that call where: one row per integration (null without a valid id), customer, product and stream, in
-- the environment and product of the scope, up to the end of the period. is_customer: whether one of these calls makes
-- it a customer of the integration. The rest of the scope does not narrow this, because a call that one log misses may
-- belong to any integration.
-- Reads: calls_all, scope.
select
    calls_all.integration,
    calls_all.customer,
    calls_all.product,
    calls_all.stream,
    bool_or(is_use(calls_all.status, calls_all.operation, calls_all.own)) as is_customer
from calls_all
cross join scope
where
    (scope.environment = 'all' or calls_all.environment = scope.environment)
    and calls_all.product = coalesce(scope.product, calls_all.product)
    and (scope.until is null or calls_all.day < scope.until)
group by calls_all.integration, calls_all.customer, calls_all.product, calls_all.stream
