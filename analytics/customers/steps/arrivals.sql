-- The months in which each customer used each integration, and how it arrived: one row per integration, customer and month
-- (its first day) in which at least one call with the integration's id succeeded. Log-ins and calls to the partner's own
-- environment do not count.
--   new        a customer of the integration for the first time, in a log that reaches further back than this month
--   stayed     a customer in the month before as well
--   returning  not a customer in the month before, but earlier
--   unknown    nobody can tell: it may have been a customer for years. Every log that shows the customer in its first month
--              begins in that month, so no customer is new or returns in the first month that is loaded. A log begins where
--              it lives: a stray call long before that does not show the months in between. A customer is unknown too if
--              the logs miss days of the month before, or if only rejected lines name it in that month
-- month_after: the next month in which it is a customer; null if the loaded logs hold none.
-- is_named_after: whether rejected lines name it in the next month.
-- Reads: read_months, ends (of the metric completeness), broken_months, rejected_lines, scope.
-- steps: coverage/read_months, coverage/broken_months, coverage/rejected_lines
with named as (
    select distinct
        integration,
        customer,
        cast(date_trunc('month', day) as date) as month
    from rejected_lines
    where customer is not null
),

logs as (
    select
        ends.stream,
        cast(date_trunc('month', timezone(scope.time_zone, ends.first_hour)) as date) as begins
    from ends
    cross join scope
),

first_log as (
    select min(begins) as begins
    from logs
),

months as (
    select
        read_months.integration,
        read_months.customer,
        read_months.month,
        min(logs.begins) as logged_since
    from read_months
    inner join logs on read_months.stream = logs.stream
    where read_months.integration is not null and read_months.is_asked
    group by read_months.integration, read_months.customer, read_months.month
),

neighbours as (
    select
        integration,
        customer,
        month,
        logged_since,
        lag(month) over (partition by integration, customer order by month) as month_before,
        lead(month) over (partition by integration, customer order by month) as month_after
    from months
)

select
    neighbours.integration,
    neighbours.customer,
    neighbours.month,
    case
        when neighbours.month_before = neighbours.month - interval 1 month then 'stayed'
        when broken_months.is_unknown or named_before.month is not null or first_log.begins >= neighbours.month then 'unknown'
        when neighbours.month_before is not null then 'returning'
        when neighbours.logged_since < neighbours.month then 'new'
        else 'unknown'
    end as arrival,
    neighbours.month_after,
    named_after.month is not null as is_named_after
from neighbours
cross join first_log
left join named as named_before
    on
        neighbours.integration = named_before.integration
        and neighbours.customer = named_before.customer
        and named_before.month = neighbours.month - interval 1 month
left join named as named_after
    on
        neighbours.integration = named_after.integration
        and neighbours.customer = named_after.customer
        and named_after.month = neighbours.month + interval 1 month
left join broken_months
    on
        neighbours.integration = broken_months.integration
        and broken_months.month = neighbours.month - interval 1 month
