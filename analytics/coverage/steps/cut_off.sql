-- The rejected lines without an id, and how many lines of their customer were rejected and read in that log and month.
-- Reads: sent_lines, calls_all, scope.
with read_lines as (
    select
        calls_all.stream,
        calls_all.customer,
        date_trunc('month', calls_all.day) as month,
        count(*) as lines
    from calls_all
    cross join scope
    where
        calls_all.customer in (select sent_lines.customer from sent_lines where not sent_lines.carries_id)
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.product = coalesce(scope.product, calls_all.product)
        and (scope.until is null or calls_all.day < scope.until)
    group by calls_all.stream, calls_all.customer, date_trunc('month', calls_all.day)
)

select
    sent_lines.customer,
    sent_lines.stream,
    sent_lines.day,
    sent_lines.reason,
    count(*) over (partition by sent_lines.stream, sent_lines.customer, date_trunc('month', sent_lines.day)) as lines,
    coalesce(read_lines.lines, 0) as read_lines
from sent_lines
left join read_lines
    on
        sent_lines.stream = read_lines.stream
        and sent_lines.customer = read_lines.customer
        and date_trunc('month', sent_lines.day) = read_lines.month
where not sent_lines.carries_id
