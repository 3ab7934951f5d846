-- title: Streams that report the same traffic
-- unit: calls
-- grain: one row per pair of streams and day; a stream beside itself is two of its loads
-- key: stream, other_stream, day
-- look_back: 0
-- meaning: Days on which the same calls were probably loaded twice: a proxy's log and that of the server behind it, or
-- files that were put together. Ask it for all environments.
-- A twin is a call in another load with the same customer, method, endpoint, status, paging and length of query, and no
-- other IntegrationId, at most two seconds away. Only calls that are alone of their kind in their load and minute are
-- looked at: what a customer asks of two servers at random seldom falls into the same seconds. A day is shown when
-- six in ten of such calls of one of the two have a twin (share and other_share say how many), a pair when it has ten.
-- Of more than 400,000 calls only some minutes are looked at: calls, other_calls and twins are counts of that sample.
-- Limits: clocks that differ by more than two seconds hide twins, and so does a log that repeats one kind of call.
with sample as (
    select greatest(1, count(*) // 400000) as minutes_per_sample
    from calls
),

kinds as (
    select
        calls.stream,
        calls.load_id,
        calls.day,
        minute_of(calls.called_at) as minute,
        calls.environment,
        calls.customer,
        calls.method,
        calls.endpoint,
        calls.status,
        calls.query_length,
        coalesce(calls.skip, -9) as skip,
        coalesce(calls.take, -9) as take,
        min(calls.called_at) as called_at,
        min(calls.integration_id) as integration_id,
        count(*) as calls
    from calls
    cross join sample
    where hash(minute_of(calls.called_at)) % sample.minutes_per_sample = 0
    group by
        calls.stream,
        calls.load_id,
        calls.day,
        minute_of(calls.called_at),
        calls.environment,
        calls.customer,
        calls.method,
        calls.endpoint,
        calls.status,
        calls.query_length,
        calls.skip,
        calls.take
),

alone as (
    select
        row_number() over () as number,
        stream,
        load_id,
        day,
        minute,
        environment,
        customer,
        method,
        endpoint,
        status,
        query_length,
        skip,
        take,
        called_at,
        integration_id
    from kinds
    where calls = 1
),

twins as (
    select
        least(one.stream, another.stream) as stream,
        greatest(one.stream, another.stream) as other_stream,
        one.day,
        case when one.stream <= another.stream then one.number else another.number end as number,
        case when one.stream <= another.stream then another.number else one.number end as other_number
    from alone as one
    inner join alone as another
        on
            one.minute = another.minute
            and one.environment = another.environment
            and one.customer = another.customer
            and one.method = another.method
            and one.endpoint = another.endpoint
            and one.status = another.status
            and one.query_length = another.query_length
            and one.skip = another.skip
            and one.take = another.take
            and one.load_id < another.load_id
    where
        abs(date_diff('millisecond', one.called_at, another.called_at)) <= 2000
        and coalesce(one.integration_id = another.integration_id, true)
),

paired as (
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
