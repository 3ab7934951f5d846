-- The streams that are not compared with each other on a day, because more than `most_streams` hold the same call: one row per
-- stream and day, of all streams. is_crowded: whether a call of the stream was beyond that number. Those with the most calls are
-- never beyond it. All pairs of a thousand streams would be half a million.
-- Reads: moments. Asked with: most_streams.
with sizes as (
    select
        stream,
        row_number() over (order by sum(calls) desc, stream asc) as place
    from moments
    group by stream
),

holders as (
    select distinct
        kind,
        moment // 2000 as slot,
        day,
        stream
    from moments
),

ranked as (
    select
        holders.day,
        holders.stream,
        row_number() over (partition by holders.kind, holders.slot order by sizes.place) as place
    from holders
    inner join sizes on holders.stream = sizes.stream
)

select
    day,
    stream,
    max(place) > $most_streams as is_crowded
from ranked
group by day, stream
