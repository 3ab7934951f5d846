-- The rejected lines without an id, and how many lines of their customer were rejected and read in that log and month.
-- Reads: sent_lines, customer_days_of_anybody.
with read_lines as (
    select
        stream,
        customer,
        date_trunc('month', day) as month,
        added_up(calls) as lines
    from customer_days_of_anybody
    where customer in (select sent_lines.customer from sent_lines where not sent_lines.carries_id)
    group by stream, customer, date_trunc('month', day)
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
