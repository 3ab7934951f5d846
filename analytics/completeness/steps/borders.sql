-- Where other streams have the customers of one that ends or begins: it was renamed, or its traffic was moved. One row per
-- stream and border that holds; `moved_at` is the hour from which the others have them.
-- Compared are pairs of an integration and a customer, by product and environment, as the registry's renames have the
-- integration. Where the stream does not say who calls (no id, or none that is valid), the customer alone is compared.
-- Nine in ten of the pairs that a stream had in its last four weeks (of more than 200 customers those of any 200: the busiest
-- ones would be those that had a busy week) have to be seen in other streams in the four weeks that follow, with at least two
-- thirds of their calls an hour. So another product, other customers, another partner's calls for the same customers or a
-- fraction of the traffic do not cover a gap: whoever called there is seen nowhere else, and would lose its certificate.
-- Nor do servers that shared the load with a silent one: at least half of its calls have to have come to the others. The four
-- weeks follow on the stream's last hour, or begin with the first stream that begins on one of the next four days on which some
-- do, up to eight weeks later. Of a stream that begins, the same in the mirror, but for what has come to the others.
-- A call of a customer counts once: for all calls of the customer where the stream has some of nobody knows whom, else for its
-- pair.
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

pair_hours as (
    select
        stream,
        product || '/' || environment || '/' || customer as who,
        integration,
        hour_of(called_at) as hour,
        count(*) as calls
    from calls_all
    where hour_of(called_at) in (select hour from near)
    group by stream, product, environment, customer, integration, hour_of(called_at)
),

-- Each call as the customer's, and as the pair's where its integration is known.
keyed_hours as (
    select
        stream,
        who,
        null as integration,
        hour,
        sum(calls) as calls
    from pair_hours
    group by stream, who, hour
    union all
    select
        stream,
        who,
        integration,
        hour,
        calls
    from pair_hours
    where integration is not null
),

having_pairs as (
    select
        borders.border,
        pair_hours.who,
        pair_hours.integration
    from borders
    inner join pair_hours
        on borders.stream = pair_hours.stream and pair_hours.hour between borders.own_from and borders.own_to
    group by borders.border, pair_hours.who, pair_hours.integration
),

chosen as (
    select
        *,
        max(case when integration is null then 1 else 0 end) over (partition by border, who) = 1 as has_unknown,
        dense_rank() over (partition by border order by md5(who), who) as place
    from having_pairs
),

members as (
    select
        chosen.border,
        chosen.who,
        chosen.integration,
        chosen.integration is null or not chosen.has_unknown as has_volume,
        coalesce(sum(keyed_hours.calls) filter (where keyed_hours.hour between borders.own_from and borders.own_to), 0)
            as own_calls,
        coalesce(sum(keyed_hours.calls) filter (where keyed_hours.hour between borders.other_from and borders.other_to), 0)
            as other_calls
    from chosen
    inner join borders on chosen.border = borders.border
    inner join keyed_hours
        on
            borders.stream = keyed_hours.stream
            and chosen.who = keyed_hours.who
            and coalesce(chosen.integration, '') = coalesce(keyed_hours.integration, '')
    where chosen.place <= 200
    group by chosen.border, chosen.who, chosen.integration, chosen.has_unknown
),

-- How many calls a member had until an hour, in all streams: what lies between two hours is the difference.
points as (
    select
        who,
        integration,
        hour,
        cast(sum(calls) as bigint) as calls,
        null as border,
        null as slot,
        0 as sign
    from keyed_hours
    where who in (select who from members)
    group by who, integration, hour
    union all
    select
        members.who,
        members.integration,
        unnest([
            borders.own_from - interval 1 hour, borders.own_to, borders.other_from - interval 1 hour, borders.other_to
        ]) as hour,
        0 as calls,
        members.border,
        unnest(['own', 'own', 'other', 'other']) as slot,
        unnest([-1, 1, -1, 1]) as sign
    from members
    inner join borders on members.border = borders.border
),

summed as (
    select
        border,
        who,
        integration,
        slot,
        sign * sum(calls) over (partition by who, integration order by hour range unbounded preceding) as calls
    from points
),

everywhere as (
    select
        border,
        who,
        integration,
        sum(case when slot = 'own' then calls else 0 end) as own_calls,
        sum(case when slot = 'other' then calls else 0 end) as other_calls
    from summed
    where border is not null
    group by border, who, integration
),

traffic as (
    select
        members.border,
        count(*) as pairs,
        count(*) filter (where everywhere.other_calls > members.other_calls) as pairs_seen,
        coalesce(sum(everywhere.own_calls) filter (where members.has_volume), 0) as own_calls,
        coalesce(sum(everywhere.own_calls - members.own_calls) filter (where members.has_volume), 0) as own_calls_elsewhere,
        coalesce(sum(everywhere.other_calls - members.other_calls) filter (where members.has_volume), 0) as other_calls
    from members
    inner join everywhere
        on
            members.border = everywhere.border
            and members.who = everywhere.who
            and coalesce(members.integration, '') = coalesce(everywhere.integration, '')
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
    10 * pairs_seen >= 9 * pairs
    and 3 * other_calls * own_hours >= 2 * own_calls * other_hours
    and (
        kind = 'begin'
        or 2 * (other_calls * own_hours - own_calls_elsewhere * other_hours) >= (own_calls - own_calls_elsewhere) * other_hours
    )
group by stream, kind
