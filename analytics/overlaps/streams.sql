-- title: Streams that hold the same traffic
-- unit: calls
-- grain: one row per pair of streams and day; a stream paired with itself stands for two of its loads, one without another stream for all
-- key: stream, other_stream, day
-- look_back: 0
-- steps: overlaps/alone, overlaps/moments, overlaps/crowds, overlaps/copies, overlaps/twins, overlaps/anywhere, overlaps/compared
-- meaning: Days on which the same calls were probably loaded twice: from the log of a proxy and from that of the server
-- behind it, or from files that were put together. Ask this for all environments. A twin is a call in another load, at
-- most two seconds away, with the same customer, method, endpoint, status, paging and length of query, and without a
-- different IntegrationId. Only calls that are the only one of their kind in their load and minute are compared: two
-- calls that a customer makes to two servers by chance seldom fall into the same seconds. A day is shown if six in ten
-- of these calls of one stream have a twin (share and other_share), a pair of streams if it has ten twins. If there are
-- more than 800,000 calls, only a sample of the minutes is compared (overlaps/sample): calls, other_calls and twins
-- count that sample. If more than `most_streams` streams hold the same call, those beyond are not paired on that day, and every
-- stream of the day is also shown without other_stream: twins then counts its calls that any other load has.
-- Clocks that differ by more than two seconds hide twins. A log that repeats one kind of call hides them too.
with alike as (
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
order by stream asc, other_stream asc nulls last, day asc
