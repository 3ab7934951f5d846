-- The hours of the week, and the days, that fell silent for three to eight weeks while their log went on: afternoons, or
-- weekends, that are not loaded. So long they would become the rhythm, and be missed no more. One row per stream, kind of slot,
-- slot and silent week, with the calls that are expected in it.
-- It counts as a lapse where at least three of the four weeks before have calls in the slot, the last of them included, and,
-- where the calls came back, three in four of the (up to four) weeks from then on; the weeks are those with any calls.
-- Expected is the median of those weeks, the lesser one of both sides. It has to make six calls or more over all the silent
-- weeks: one call now and then is no rhythm (p(0) = 1 in 400). Longer ago than eight weeks is how the log is.
-- `is_moved`: some of these weeks have another summer time than the silent one; `was_ahead`: their clock is ahead of its.
with slots as (
    select
        stream,
        'hour' as kind,
        week,
        hour_of_week as slot,
        count(*) as hours,
        sum(calls) as calls,
        max(hours_ahead) as hours_ahead
    from observed
    where is_known
    group by stream, week, hour_of_week
    union all
    select
        stream,
        'day' as kind,
        week,
        hour_of_week // 24 as slot,
        1 as hours,
        sum(calls) as calls,
        0 as hours_ahead
    from observed
    group by stream, week, hour_of_week // 24
    having min(case when is_inside then 1 else 0 end) = 1 and max(case when is_known then 1 else 0 end) = 1
),

weeks as (
    select
        stream,
        week,
        row_number() over (partition by stream order by week) as place
    from observed
    group by stream, week
    having sum(calls) > 0
),

around as (
    select
        *,
        max(case when calls > 0 then week end) over (
            partition by stream, kind, slot order by week rows between unbounded preceding and 1 preceding
        ) as week_before,
        min(case when calls > 0 then week end) over (
            partition by stream, kind, slot order by week rows between 1 following and unbounded following
        ) as week_after,
        max(week) over (partition by stream, kind, slot) as last_week
    from slots
),

silent as (
    select
        *,
        coalesce(week_after, last_week + 1) - week_before - 1 as length
    from around
    where calls = 0 and hours = 1 and coalesce(week_after, last_week + 1) - week_before - 1 between 3 and 8
),

turns as (
    select distinct
        stream,
        kind,
        slot,
        week_before as turn,
        'before' as side
    from silent
    union all
    select distinct
        stream,
        kind,
        slot,
        week_after as turn,
        'after' as side
    from silent
    where week_after is not null
),

sides as (
    select
        turns.stream,
        turns.kind,
        turns.slot,
        turns.turn,
        turns.side,
        percentile(slots.calls, 0.5) as expected,
        count(*) filter (where slots.calls > 0) as busy,
        count(*) as weeks,
        min(slots.hours_ahead) as least_ahead,
        max(slots.hours_ahead) as most_ahead
    from turns
    inner join weeks as own on turns.stream = own.stream and turns.turn = own.week
    inner join weeks
        on
            turns.stream = weeks.stream
            and case
                when turns.side = 'before' then weeks.place between own.place - 3 and own.place
                else weeks.place between own.place and own.place + 3
            end
    inner join slots
        on
            turns.stream = slots.stream
            and turns.kind = slots.kind
            and turns.slot = slots.slot
            and weeks.week = slots.week
    group by turns.stream, turns.kind, turns.slot, turns.turn, turns.side
)

select
    silent.stream,
    silent.kind,
    silent.week,
    silent.slot,
    least(before.expected, later.expected) as expected,
    least(before.least_ahead, later.least_ahead) < silent.hours_ahead
    or greatest(before.most_ahead, later.most_ahead) > silent.hours_ahead as is_moved,
    greatest(before.most_ahead, later.most_ahead) > silent.hours_ahead as was_ahead
from silent
inner join sides as before
    on
        silent.stream = before.stream
        and silent.kind = before.kind
        and silent.slot = before.slot
        and silent.week_before = before.turn
        and before.side = 'before'
left join sides as later
    on
        silent.stream = later.stream
        and silent.kind = later.kind
        and silent.slot = later.slot
        and silent.week_after = later.turn
        and later.side = 'after'
where
    before.busy >= 3
    and coalesce(4 * later.busy >= 3 * later.weeks, true)
    and least(before.expected, later.expected) * silent.length >= 6
