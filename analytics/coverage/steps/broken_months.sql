-- Months of which logs that concern an integration miss something: one row per integration and month, and on how many of its
-- days: where an hour of one of its logs is missing or was rejected; before one of its logs begins that continues no other; where
-- its customers, or customers that may be anybody's, called in logs that could not have held the id; where rejected lines carry
-- the id, or may have done so, and name a customer that has no use in that month, or none because the URL or host could not be read,
-- or, in a month in which they are one in twenty of its lines or more, because they are damaged.
-- Who is seen month by month is not hidden by a day or two: who came and went is still told, though the month is not complete.
-- Where more than three days are broken nobody knows: is_unknown. A line that names its customer hides nobody else.
-- Reads: stated, ends (of the metric completeness), streams_of, customers_of, unlogged, unread, rejected_lines, calls_all,
-- scope.
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

-- Streams of which every line was rejected, and nobody knows whose they were.
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
