-- The calls that have a twin in another stream: one row per stream, other stream and day, in both orders. Crowded streams
-- have none here.
-- A minute is cut into slots of two seconds. All calls in a slot are close enough. In the slot before or after, the last or
-- first call decides, and the others need not be looked at.
-- Reads: moments, crowds.
with compared as (
    select
        moments.kind,
        moments.day,
        moments.stream,
        moments.moment,
        moments.integration_id,
        moments.calls,
        moments.moment // 2000 as slot
    from moments
    inner join crowds on moments.day = crowds.day and moments.stream = crowds.stream
    where not crowds.is_crowded
),

slots as (
    select
        kind,
        stream,
        slot,
        integration_id,
        min(moment) as first_moment,
        max(moment) as last_moment
    from compared
    group by kind, stream, slot, integration_id
),

looked_at as (
    select
        *,
        unnest([slot - 1, slot, slot + 1]) as near_slot
    from compared
),

with_a_twin as (
    select distinct
        looked_at.kind,
        looked_at.day,
        looked_at.stream,
        looked_at.moment,
        looked_at.integration_id,
        looked_at.calls,
        slots.stream as other_stream
    from looked_at
    inner join slots
        on looked_at.kind = slots.kind and looked_at.near_slot = slots.slot and looked_at.stream <> slots.stream
    where
        looked_at.moment between slots.first_moment - 2000 and slots.last_moment + 2000
        and coalesce(looked_at.integration_id = slots.integration_id, true)
)

select
    stream,
    other_stream,
    day,
    cast(sum(calls) as bigint) as twins
from with_a_twin
group by stream, other_stream, day
