-- The rejected lines, with whether their customer is seen in that month, and with how many of the integration's lines
-- were rejected and read in it: one row per integration, customer and day.
-- Reads: rejected_lines, read_months, daily_calls_of_anybody.
-- steps: coverage/read_months
with read_lines as (
    select
        integration,
        date_trunc('month', day) as month,
        added_up(calls) as lines
    from daily_calls_of_anybody
    where integration in (select rejected_lines.integration from rejected_lines)
    group by integration, date_trunc('month', day)
),

seen_customers as (
    select distinct
        integration,
        customer,
        month
    from read_months
    where is_customer
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
