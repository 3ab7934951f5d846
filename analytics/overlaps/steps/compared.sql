-- What was compared, with the fraction of calls that have a twin: one row per pair of streams and day, per stream that holds
-- calls twice by itself (paired with itself), and on days with crowded streams per stream (without another stream).
-- Reads: alone, copies, twins, anywhere.
with counted as (
    select
        stream,
        day,
        count(*) as calls
    from alone
    group by stream, day
),

one_way as (
    select
        twins.stream,
        twins.other_stream,
        twins.day,
        counted.calls,
        twins.twins,
        cast(twins.twins as double) / counted.calls as share
    from twins
    inner join counted on twins.stream = counted.stream and twins.day = counted.day
)

-- The two orders of a pair are put together by a group, because the engine would join all streams of a day with each other.
select
    least(stream, other_stream) as stream,
    greatest(stream, other_stream) as other_stream,
    day,
    max(calls) filter (where stream < other_stream) as calls,
    max(calls) filter (where stream > other_stream) as other_calls,
    max(twins) filter (where stream < other_stream) as twins,
    max(share) filter (where stream < other_stream) as share,
    max(share) filter (where stream > other_stream) as other_share
from one_way
group by least(stream, other_stream), greatest(stream, other_stream), day
union all
select
    copies.stream,
    copies.stream as other_stream,
    copies.day,
    counted.calls,
    counted.calls as other_calls,
    copies.later as twins,
    least(1.0, cast(copies.later + copies.earlier as double) / counted.calls) as share,
    least(1.0, cast(copies.later + copies.earlier as double) / counted.calls) as other_share
from copies
inner join counted on copies.stream = counted.stream and copies.day = counted.day
union all
select
    anywhere.stream,
    null as other_stream,
    anywhere.day,
    counted.calls,
    null as other_calls,
    anywhere.copies as twins,
    cast(anywhere.copies as double) / counted.calls as share,
    null as other_share
from anywhere
inner join counted on anywhere.stream = counted.stream and anywhere.day = counted.day
