-- The rejected lines, with whether their customer is seen in that month, and with how many of the integration's lines
-- were rejected and read in it: one row per integration, customer and day.
-- Reads: rejected_lines, calls_all, scope.
with read_lines as (
    select
        calls_all.integration,
        date_trunc('month', calls_all.day) as month,
        count(*) as lines
    from calls_all
    cross join scope
    where
        calls_all.integration in (select rejected_lines.integration from rejected_lines)
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.product = coalesce(scope.product, calls_all.product)
        and (scope.until is null or calls_all.day < scope.until)
    group by calls_all.integration, date_trunc('month', calls_all.day)
),

seen_customers as (
    select distinct
        calls_all.integration,
        calls_all.customer,
        date_trunc('month', calls_all.day) as month
    from calls_all
    cross join scope
    where
        calls_all.integration in (select rejected_lines.integration from rejected_lines)
        and is_use(calls_all.status, calls_all.operation, calls_all.own)
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.product = coalesce(scope.product, calls_all.product)
        and (scope.until is null or calls_all.day < scope.until)
)

select
    rejected_lines.integration,
    rejected_lines.day,
    rejected_lines.customer,
    rejected_lines.nameless,
    seen_customers.customer is not null as is_seen,
    sum(rejected_lines.lines) over (
        partition by rejected_lines.integration, date_trunc('month', rejected_lines.day)
    ) as lines_of_month,
    coalesce(read_lines.lines, 0) as read_of_month
from rejected_lines
left join read_lines
    on
        rejected_lines.integration = read_lines.integration
        and date_trunc('month', rejected_lines.day) = read_lines.month
left join seen_customers
    on
        rejected_lines.integration = seen_customers.integration
        and rejected_lines.customer = seen_customers.customer
        and date_trunc('month', rejected_lines.day) = seen_customers.month
where rejected_lines.day is not null
