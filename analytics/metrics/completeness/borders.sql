-- Where other streams have the customers of one that ends or begins: it was renamed, or its traffic was moved. One row per
-- stream and border that holds; `moved_at` is the hour from which the others have them.
-- Customers are told apart by product and environment, too. Nine in ten of those that a stream had in its last four weeks have
-- to be seen in other streams in the four weeks that follow, with at least two thirds of their calls an hour: so another
-- product, other customers or a fraction of the traffic do not cover a gap; nor do servers that shared the load with the one that
-- is silent and have no more of it than before: of a stream that ends, at least half of its calls have to have come to them. The
-- four weeks follow on the stream's last hour, or
-- begin with that of a stream that begins in the eight weeks after it. Of a stream that begins, the same in the mirror.
with borders as (
    select
        stream,
        'end' as kind,
        last_hour as moved_at,
        greatest(first_hour, last_hour - interval 671 hour) as own_from,
        last_hour as own_to,
        last_hour + interval 1 hour as other_from,
        least(lake_hour, last_hour + interval 672 hour) as other_to
    from lives
    where last_hour < lake_hour
    union all
    select
        ended.stream,
        'end' as kind,
        begun.first_hour as moved_at,
        greatest(ended.first_hour, ended.last_hour - interval 671 hour) as own_from,
        ended.last_hour as own_to,
        begun.first_hour as other_from,
        least(ended.lake_hour, begun.first_hour + interval 671 hour) as other_to
    from lives as ended
    inner join (select distinct first_hour from lives) as begun
        on begun.first_hour > ended.last_hour and begun.first_hour <= ended.last_hour + interval 1344 hour
    union all
    select
        stream,
        'begin' as kind,
        first_hour as moved_at,
        first_hour as own_from,
        least(lake_hour, first_hour + interval 671 hour) as own_to,
        greatest(lake_begin, first_hour - interval 672 hour) as other_from,
        first_hour - interval 1 hour as other_to
    from lives
    where first_hour > lake_begin
),

near as (
    select distinct calendar.hour
    from calendar
    inner join borders
        on calendar.hour between borders.own_from and borders.own_to
            or calendar.hour between borders.other_from and borders.other_to
),

customer_hours as (
    select
        stream,
        product,
        environment,
        customer,
        hour_of(called_at) as hour,
        count(*) as calls
    from calls_all
    where hour_of(called_at) in (select hour from near)
    group by stream, product, environment, customer, hour_of(called_at)
),

members as (
    select distinct
        borders.*,
        customer_hours.product,
        customer_hours.environment,
        customer_hours.customer
    from borders
    inner join customer_hours
        on borders.stream = customer_hours.stream and customer_hours.hour between borders.own_from and borders.own_to
),

traffic as (
    select
        members.stream,
        members.kind,
        members.moved_at,
        members.product,
        members.environment,
        members.customer,
        date_diff('hour', members.own_from, members.own_to) + 1 as own_hours,
        date_diff('hour', members.other_from, members.other_to) + 1 as other_hours,
        sum(seen.calls) filter (where seen.hour between members.own_from and members.own_to) as own_calls,
        sum(seen.calls) filter (
            where seen.hour between members.own_from and members.own_to and seen.stream <> members.stream
        ) as own_calls_elsewhere,
        sum(seen.calls) filter (
            where seen.hour between members.other_from and members.other_to and seen.stream <> members.stream
        ) as other_calls
    from members
    inner join customer_hours as seen
        on
            members.product = seen.product
            and members.environment = seen.environment
            and members.customer = seen.customer
    group by all
),

summed as (
    select
        stream,
        kind,
        moved_at,
        own_hours,
        other_hours,
        count(*) as customers,
        count(other_calls) as customers_seen,
        sum(own_calls) as own_calls,
        coalesce(sum(own_calls_elsewhere), 0) as own_calls_elsewhere,
        coalesce(sum(other_calls), 0) as other_calls
    from traffic
    group by stream, kind, moved_at, own_hours, other_hours
)

select
    stream,
    kind,
    min(moved_at) as moved_at
from summed
where
    10 * customers_seen >= 9 * customers
    and 3 * other_calls * own_hours >= 2 * own_calls * other_hours
    and (
        kind = 'begin'
        or 2 * (other_calls * own_hours - own_calls_elsewhere * other_hours) >= (own_calls - own_calls_elsewhere) * other_hours
    )
group by stream, kind
