-- The weeks before and after a silence: one row per slot, its last week with calls before it or its first one after it,
-- and side.
-- Reads: observed, week_slots, silent_slots.
with weeks as (
    select
        stream,
        week,
        row_number() over (partition by stream order by week) as place
    from observed
    group by stream, week
    having sum(calls) > 0
),

turns as (
    select distinct
        stream,
        kind,
        slot,
        week_before as turn,
        'before' as side
    from silent_slots
    union all
    select distinct
        stream,
        kind,
        slot,
        week_after as turn,
        'after' as side
    from silent_slots
    where week_after is not null
)

select
    turns.stream,
    turns.kind,
    turns.slot,
    turns.turn,
    turns.side,
    percentile(week_slots.calls, 0.5) as expected,
    count(*) filter (where week_slots.calls > 0) as busy,
    count(*) as weeks,
    min(week_slots.hours_ahead) as least_ahead,
    max(week_slots.hours_ahead) as most_ahead
from turns
inner join weeks as own on turns.stream = own.stream and turns.turn = own.week
inner join weeks
    on
        turns.stream = weeks.stream
        and case
            when turns.side = 'before' then weeks.place between own.place - 3 and own.place
            else weeks.place between own.place and own.place + 3
        end
inner join week_slots
    on
        turns.stream = week_slots.stream
        and turns.kind = week_slots.kind
        and turns.slot = week_slots.slot
        and weeks.week = week_slots.week
group by turns.stream, turns.kind, turns.slot, turns.turn, turns.side
