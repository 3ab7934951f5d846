-- The day of each line whose `#Fields` names a time and no date: that of the last `#Date`, and a time before the last one is the
-- next day. Calls are written when they end, so neighbours may be some seconds out of order: those are the same day.
--
-- #Date: 2026-10-01 07:00:00    day     clock
-- 23:59:59 GET ...              10-01   23:59:59
-- 00:00:03 GET ...              10-02   00:00:03
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
stepped as (
    select
        *,
        coalesce(date_diff('second', clock, lag(clock ignore nulls) over beneath) > 10, false) as is_next_day
    from parted
    window beneath as (partition by part order by line_number, is_said desc)
)
select
    line_number,
    is_said,
    first_value(day) over beneath + cast(count(*) filter (where is_next_day) over beneath as integer) as day,
    clock
from stepped
window beneath as (partition by part order by line_number, is_said desc rows between unbounded preceding and current row);
