-- title: Streams that hold the same traffic
-- unit: calls
-- grain: one row per pair of streams and day; a stream paired with itself stands for two of its loads
-- key: stream, other_stream, day
-- look_back: 0
-- steps: overlaps/alone, overlaps/twins
-- meaning: Days on which the same calls were probably loaded twice: from the log of a proxy and from that of the server
-- behind it, or from files that were put together. Ask this for all environments. A twin is a call in another load, at
-- most two seconds away, with the same customer, method, endpoint, status, paging and length of query, and without a
-- different IntegrationId. Only calls that are the only one of their kind in their load and minute are compared: two
-- calls that a customer makes to two servers by chance seldom fall into the same seconds. A day is shown if six in ten
-- of these calls of one stream have a twin (share and other_share), a pair of streams if it has ten twins. If there are
-- more than 400,000 calls, only a sample of the minutes is compared: calls, other_calls and twins count that sample.
-- Clocks that differ by more than two seconds hide twins. A log that repeats one kind of call hides them too.
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
