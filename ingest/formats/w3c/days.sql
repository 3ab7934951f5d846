-- The day of each line whose `#Fields` names a time and no date: that of the last `#Date`, and on from line to line.
--
-- Calls are written when they end, so neighbours may be out of order. A time up to an hour before the one above it is late, not
-- a day later; one further before it is of the next day. Over midnight a late line looks like a step of 23 hours or more
-- forwards: it is of the day before. Every step is counted from the line above, be that late or not, so that a late line takes
-- back at the most what the next one adds, and the last line's day and time are all a later block has to know.
--
-- #Date: 2026-10-01 07:00:00    day     clock      steps
-- 23:59:59 GET ...              10-01   23:59:59   0
-- 00:00:03 GET ...              10-02   00:00:03   1
-- 23:59:58 GET ...              10-01   23:59:58   -1
-- 00:00:04 GET ...              10-02   00:00:04   1
create or replace temp table w3c_days as
with events as (
    select line_number, day, clock, true as is_said from w3c_said
    union all
    select line_number, null, clock, false from w3c_clocks
),

-- Below each #Date the days are counted anew.
parted as (
    select *, count(*) filter (where is_said) over (order by line_number, is_said desc) as part
    from events
),

moved as (
    select *, date_diff('microsecond', lag(clock ignore nulls) over beneath, clock) as forwards
    from parted
    window beneath as (partition by part order by line_number, is_said desc)
),

stepped as (
    select *, case when forwards < -3_600_000_000 then 1 when forwards >= 82_800_000_000 then -1 else 0 end as days
    from moved
)

select
    line_number,
    is_said,
    first_value(day) over beneath + cast(sum(days) over beneath as integer) as day,
    clock
from stepped
window beneath as (partition by part order by line_number, is_said desc rows between unbounded preceding and current row);
