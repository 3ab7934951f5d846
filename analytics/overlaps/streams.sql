-- title: Streams that report the same traffic
-- unit: calls
-- grain: one row per pair of streams and day; a stream beside itself is two of its loads
-- key: stream, other_stream, day
-- look_back: 0
-- steps: overlaps/alone, overlaps/twins
-- meaning: Days on which the same calls were probably loaded twice: a proxy's log and that of the server behind it, or
-- files that were put together. Ask it for all environments.
-- A twin is a call in another load with the same customer, method, endpoint, status, paging and length of query, and no
-- other IntegrationId, at most two seconds away. Only calls that are alone of their kind in their load and minute are
-- looked at: what a customer asks of two servers at random seldom falls into the same seconds. A day is shown when
-- six in ten of such calls of one of the two have a twin (share and other_share say how many), a pair when it has ten.
-- Of more than 400,000 calls only some minutes are looked at: calls, other_calls and twins are counts of that sample.
-- Limits: clocks that differ by more than two seconds hide twins, and so does a log that repeats one kind of call.
with paired as (
    select
        stream,
        other_stream,
        day,
        count(distinct number) as twins,
        count(distinct other_number) as other_twins
    from twins
    group by stream, other_stream, day
),

counted as (
    select
        stream,
        day,
        count(*) as calls
    from alone
    group by stream, day
),

compared as (
    select
        paired.stream,
        paired.other_stream,
        paired.day,
        counted.calls,
        others.calls as other_calls,
        paired.twins,
        case
            when paired.stream = paired.other_stream
                then least(1.0, cast(paired.twins + paired.other_twins as double) / counted.calls)
            else cast(paired.twins as double) / counted.calls
        end as share,
        case
            when paired.stream = paired.other_stream
                then least(1.0, cast(paired.twins + paired.other_twins as double) / counted.calls)
            else cast(paired.other_twins as double) / others.calls
        end as other_share
    from paired
    inner join counted on paired.stream = counted.stream and paired.day = counted.day
    inner join counted as others on paired.other_stream = others.stream and paired.day = others.day
),

alike as (
    select
        stream,
        other_stream,
        day,
        calls,
        other_calls,
        twins,
        share,
        other_share,
        sum(twins) over (partition by stream, other_stream) as twins_of_pair
    from compared
    where twins >= 2 and (share >= 0.6 or other_share >= 0.6)
)

select
    stream,
    other_stream,
    day,
    calls,
    other_calls,
    twins,
    share,
    other_share
from alike
where twins_of_pair >= 10
order by stream asc, other_stream asc, day asc
