-- The hours of the week, and the days, that fell silent for three to eight weeks while their log went on: afternoons or
-- weekends that are not loaded. After so long they would become the rhythm, and would no longer be missing. One row per
-- stream, kind of slot, slot and silent week, with the calls that are expected in it.
-- A silence counts as a lapse if at least three of the four weeks before it have calls in the slot, and the last of
-- them does. If the calls came back, so do three in four of the next weeks (at most four). These weeks are those with
-- any calls.
-- The expected number is the median of those weeks, the smaller of the two sides. It has to add up to at least six
-- calls over all the silent weeks: one call now and then is no rhythm (p(0) = 1 in 400). After more than eight weeks,
-- the silence is how the log is.
-- `is_moved`: some of these weeks have a different summer time than the silent one. `was_ahead`: their clock is ahead
-- of its clock.
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
