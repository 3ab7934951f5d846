-- When each call was surely under way, in microseconds: from `surely_from` until before `until`, null where no duration
-- is logged. In a stream that logs whole seconds a call has surely begun a second after its time.
-- `caller` is whose calls follow one another: an integration; of unidentified calls, a program.
-- One row per call.
-- Reads: calls, spellings.
with streams as (
    select
        stream,
        max(micros_of(called_at) % 1000000) = 0 as has_whole_seconds
    from calls
    group by stream
)

select
    calls.integration,
    coalesce(calls.integration, calls.user_agent, '') as caller,
    calls.customer,
    calls.environment,
    calls.own,
    spellings.connector,
    calls.called_at,
    calls.load_id,
    calls.line_number,
    calls.status,
    micros_of(calls.called_at) + case when streams.has_whole_seconds then 1000000 else 0 end as surely_from,
    micros_of(calls.called_at) + cast(calls.duration_ms * 1000 as bigint) as until
from calls
inner join streams on calls.stream = streams.stream
left join spellings on calls.connector = spellings.sent
