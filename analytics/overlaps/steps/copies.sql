-- The calls that stand in two loads of their stream: one row per stream and day. later: those that a later load has as well,
-- earlier: those that an earlier one has.
-- Reads: moments.
with near as (
    select
        stream,
        day,
        calls,
        first_load,
        last_load,
        -- An IntegrationId that is not logged may be any.
        case
            when integration_id is null then min(first_load) over nearby
            else least(min(first_load) over alike, min(first_load) filter (where integration_id is null) over nearby)
        end as earliest,
        case
            when integration_id is null then max(last_load) over nearby
            else greatest(max(last_load) over alike, max(last_load) filter (where integration_id is null) over nearby)
        end as latest
    from moments
    window
        nearby as (
            partition by kind, stream order by moment range between 2000 preceding and 2000 following
        ),
        alike as (
            partition by kind, stream, integration_id
            order by moment range between 2000 preceding and 2000 following
        )
)

select
    stream,
    day,
    cast(sum(calls - cast(latest = last_load as integer)) as bigint) as later,
    cast(sum(calls - cast(earliest = first_load as integer)) as bigint) as earlier
from near
group by stream, day
