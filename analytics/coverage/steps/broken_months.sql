-- Months in which logs of an integration miss something: one row per integration and month. A verdict on who came and
-- went must not rest on days that no log shows. A day is broken
-- (1) if one of the integration's logs misses an hour, or its lines of an hour were rejected;
-- (2) if it lies before the beginning of one of its logs that does not continue another log;
-- (3) if its customers, or customers that may belong to any integration, called in logs that could not have held the
-- id;
-- (4) if rejected lines carry the id, or may have carried it, and name a customer that has no use in that month;
-- (5) if such lines name no customer because the URL or host could not be read, or because they are damaged. Damaged
-- lines count only in a month in which they are at least one in twenty of the integration's lines.
-- One or two broken days do not hide a customer that is seen month by month, so arrivals and departures are still told,
-- but the month is not complete. After more than three broken days they are not known: is_unknown. A line that names
-- its customer hides only that customer.
-- Reads: stated, ends (of the metric completeness), streams_of, customers_of, unlogged, unread, rejected_lines,
-- weighed_rejects, scope.
-- steps: completeness/stated, completeness/ends, coverage/streams_of, coverage/unlogged, coverage/unread,
-- coverage/rejected_lines, coverage/weighed_rejects
with begins as (
    select
        ends.stream,
        cast(timezone(scope.time_zone, ends.first_hour) as date) as first_day
    from ends
    cross join scope
    where not ends.continues
),

of_streams as (
    select distinct
        stream,
        day
    from stated
    where state = 'missing'
    union
    select
        stream,
        cast(unnest(generate_series(date_trunc('month', first_day), first_day - interval 1 day, interval 1 day)) as date) as day
    from begins
),

-- Streams in which every line was rejected, so that nothing shows whose lines they were.
unread_days as (
    select of_streams.day
    from of_streams
    inner join unread on of_streams.stream = unread.stream
    left join ends on of_streams.stream = ends.stream
    where ends.stream is null
),

products as (
    select distinct
        integration,
        product
    from customers_of
    where integration is not null
),

broken_days as (
    select
        streams_of.integration,
        of_streams.day,
        true as hides_anybody
    from streams_of
    inner join of_streams on streams_of.stream = of_streams.stream
    union
    select
        products.integration,
        unread_days.day,
        true as hides_anybody
    from products
    cross join unread_days
    union
    select
        products.integration,
        unlogged.day,
        true as hides_anybody
    from products
    inner join unlogged
        on
            products.product = unlogged.product
            and (unlogged.integration is null or unlogged.integration = products.integration)
    union
    select
        integration,
        day,
        customer is null as hides_anybody
    from weighed_rejects
    where case
        when customer is not null then not is_seen
        else nameless > 0 or 20 * lines_of_month >= lines_of_month + read_of_month
    end
)

select
    integration,
    cast(date_trunc('month', day) as date) as month,
    count(distinct case when hides_anybody then day end) > 3 as is_unknown
from broken_days
group by integration, date_trunc('month', day)
