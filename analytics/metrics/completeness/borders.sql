-- Where other streams have the customers of one that ends or begins: it was renamed, or its traffic was moved. One row per
-- stream and border that holds; `moved_at` is the hour from which the others have them.
-- Customers are told apart by product and environment, too. Nine in ten of those that a stream had in its last four weeks (of
-- more than 200 any 200: the busiest ones would be those that had a busy week) have to be seen in other streams in the four
-- weeks that follow, with at least two thirds of their calls an hour: so another product, other customers or a fraction of the
-- traffic do not cover a gap. Nor do servers that shared the load with a silent one: at least half of its calls have to have come
-- to the others. The four weeks follow on the stream's last hour, or begin with the first stream that begins on one of the next
-- four days on which some do, up to eight weeks later. Of a stream that begins, the same in the mirror, but for what has come to
-- the others.
with beginnings as (
    select
        calendar.day,
        min(lives.first_hour) as first_hour
    from lives
    inner join calendar on lives.first_hour = calendar.hour
    group by calendar.day
),

later as (
    select
        lives.stream,
        beginnings.first_hour,
        row_number() over (partition by lives.stream order by beginnings.first_hour) as place
    from lives
    inner join beginnings
        on
            beginnings.first_hour > lives.last_hour
            and beginnings.first_hour <= lives.last_hour + interval 1344 hour
),

starts as (
    select
        lives.stream,
        lives.last_hour + interval 1 hour as hour,
        lives.last_hour as moved_at
    from lives
    where lives.last_hour < lives.lake_hour
    union all
    select
        stream,
        first_hour as hour,
        first_hour as moved_at
    from later
    where place <= 4
),

windows as (
    select
        lives.stream,
        'end' as kind,
        starts.moved_at,
        greatest(lives.first_hour, lives.last_hour - interval 671 hour) as own_from,
        lives.last_hour as own_to,
        starts.hour as other_from,
        least(lives.lake_hour, starts.hour + interval 671 hour) as other_to
    from lives
    inner join starts on lives.stream = starts.stream
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

borders as (
    select
        *,
        row_number() over (order by stream, kind, moved_at) as border
    from windows
),

near as (
    select distinct calendar.hour
    from calendar
    inner join borders
        on
            calendar.hour between borders.own_from and borders.own_to
            or calendar.hour between borders.other_from and borders.other_to
),

customer_hours as (
    select
        stream,
        product || '/' || environment || '/' || customer as who,
        hour_of(called_at) as hour,
        count(*) as calls
    from calls_all
    where hour_of(called_at) in (select hour from near)
    group by stream, product, environment, customer, hour_of(called_at)
),

seen as (
    select
        borders.border,
        customer_hours.who,
        sum(case when customer_hours.hour between borders.own_from and borders.own_to then customer_hours.calls else 0 end)
            as own_calls,
        sum(case when customer_hours.hour between borders.other_from and borders.other_to then customer_hours.calls else 0 end)
            as other_calls
    from borders
    inner join customer_hours on borders.stream = customer_hours.stream
    group by borders.border, customer_hours.who
),

members as (
    select
        border,
        who,
        own_calls,
        other_calls,
        row_number() over (partition by border order by md5(who), who) as place
    from seen
    where own_calls > 0
),

-- How many calls somebody had until an hour, in all streams: what lies between two hours is the difference.
points as (
    select
        who,
        hour,
        cast(sum(calls) as bigint) as calls,
        null as border,
        null as slot,
        0 as sign
    from customer_hours
    where who in (select who from members where place <= 200)
    group by who, hour
    union all
    select
        members.who,
        unnest([
            borders.own_from - interval 1 hour, borders.own_to, borders.other_from - interval 1 hour, borders.other_to
        ]) as hour,
        0 as calls,
        members.border,
        unnest(['own', 'own', 'other', 'other']) as slot,
        unnest([-1, 1, -1, 1]) as sign
    from members
    inner join borders on members.border = borders.border
    where members.place <= 200
),

summed as (
    select
        border,
        who,
        slot,
        sign * sum(calls) over (partition by who order by hour range unbounded preceding) as calls
    from points
),

everywhere as (
    select
        border,
        who,
        sum(case when slot = 'own' then calls else 0 end) as own_calls,
        sum(case when slot = 'other' then calls else 0 end) as other_calls
    from summed
    where border is not null
    group by border, who
),

traffic as (
    select
        members.border,
        count(*) as customers,
        count(*) filter (where everywhere.other_calls > members.other_calls) as customers_seen,
        sum(everywhere.own_calls) as own_calls,
        sum(everywhere.own_calls - members.own_calls) as own_calls_elsewhere,
        sum(everywhere.other_calls - members.other_calls) as other_calls
    from members
    inner join everywhere on members.border = everywhere.border and members.who = everywhere.who
    group by members.border
),

measured as (
    select
        borders.stream,
        borders.kind,
        borders.moved_at,
        traffic.*,
        date_diff('hour', borders.own_from, borders.own_to) + 1 as own_hours,
        date_diff('hour', borders.other_from, borders.other_to) + 1 as other_hours
    from borders
    inner join traffic on borders.border = traffic.border
)

select
    stream,
    kind,
    min(moved_at) as moved_at
from measured
where
    10 * customers_seen >= 9 * customers
    and 3 * other_calls * own_hours >= 2 * own_calls * other_hours
    and (
        kind = 'begin'
        or 2 * (other_calls * own_hours - own_calls_elsewhere * other_hours) >= (own_calls - own_calls_elsewhere) * other_hours
    )
group by stream, kind
