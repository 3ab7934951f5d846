-- The time in which each call was surely under way, in microseconds: from `surely_from` until just before `until`. Null
-- if no duration is logged. If a stream logs whole seconds, a call has surely begun only a second after its time. One row
-- per call.
-- Reads: calls, callers.
with streams as (
    select
        stream,
        max(micros_of(called_at) % 1000000) = 0 as has_whole_seconds
    from calls
    group by stream
),

-- One row, whose lists are almost always null: a join would be planned as if it had many.
renumbered as (
    select
        list(hash_of(name, customer, environment)) as shared,
        map_from_entries(list(row(row(name, customer, environment), caller))) as numbers
    from callers
    where caller < 0
),

named as (
    select
        calls.*,
        coalesce(integration, user_agent, '') as name,
        hash_of(coalesce(integration, user_agent, ''), customer, environment) as hash
    from calls
)

select
    case
        when list_contains(renumbered.shared, calls.hash)
            then map_extract_value(renumbered.numbers, row(calls.name, calls.customer, calls.environment))
        else calls.hash
    end as caller,
    calls.integration,
    calls.own,
    calls.connector,
    calls.called_at,
    calls.load_id,
    calls.line_number,
    calls.status,
    micros_of(calls.called_at) + case when streams.has_whole_seconds then 1000000 else 0 end as surely_from,
    micros_of(calls.called_at) + cast(calls.duration_ms * 1000 as bigint) as until
from named as calls
inner join streams on calls.stream = streams.stream
cross join renumbered
