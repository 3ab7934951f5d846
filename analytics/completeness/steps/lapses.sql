-- The hours of the week, and the days, that fell silent for three to eight weeks while their log went on: afternoons, or
-- weekends, that are not loaded. So long they would become the rhythm, and be missed no more. One row per stream, kind of slot,
-- slot and silent week, with the calls that are expected in it.
-- It counts as a lapse where at least three of the four weeks before have calls in the slot, the last of them included, and,
-- where the calls came back, three in four of the (up to four) weeks from then on; the weeks are those with any calls.
-- Expected is the median of those weeks, the lesser one of both sides. It has to make six calls or more over all the silent
-- weeks: one call now and then is no rhythm (p(0) = 1 in 400). Longer ago than eight weeks is how the log is.
-- `is_moved`: some of these weeks have another summer time than the silent one; `was_ahead`: their clock is ahead of its.
-- steps: completeness/week_slots, completeness/silent_slots, completeness/lapse_sides
select
    silent_slots.stream,
    silent_slots.kind,
    silent_slots.week,
    silent_slots.slot,
    least(before.expected, later.expected) as expected,
    least(before.least_ahead, later.least_ahead) < silent_slots.hours_ahead
    or greatest(before.most_ahead, later.most_ahead) > silent_slots.hours_ahead as is_moved,
    greatest(before.most_ahead, later.most_ahead) > silent_slots.hours_ahead as was_ahead
from silent_slots
inner join lapse_sides as before
    on
        silent_slots.stream = before.stream
        and silent_slots.kind = before.kind
        and silent_slots.slot = before.slot
        and silent_slots.week_before = before.turn
        and before.side = 'before'
left join lapse_sides as later
    on
        silent_slots.stream = later.stream
        and silent_slots.kind = later.kind
        and silent_slots.slot = later.slot
        and silent_slots.week_after = later.turn
        and later.side = 'after'
where
    before.busy >= 3
    and coalesce(4 * later.busy >= 3 * later.weeks, true)
    and least(before.expected, later.expected) * silent_slots.length >= 6
