-- The time in which each call was surely under way, in microseconds: from `surely_from` until just before `until`. Null
-- if no duration is logged. If a stream logs whole seconds, a call has surely begun only a second after its time.
-- `caller` groups the calls that follow one another: the integration, or for unidentified calls the program. One row
-- per call.
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
