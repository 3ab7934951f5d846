-- Who is seen where: one row per integration (null without a valid id), customer, product and stream of the environment and
-- product asked, up to the end of the period, and whether the customer is the integration's by one of these calls.
-- Whoever is asked for besides: what one log misses may be anybody's.
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
