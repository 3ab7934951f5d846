-- The hours that are compared at each border, in the stream itself and in the others: one row per stream, kind of
-- border and hour at which the others may have taken over.
-- Reads: lives, calendar.
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
)

select
    *,
    row_number() over (order by stream, kind, moved_at) as border
from windows
