-- The hours that a week has twice because the clock was put back, as one hour: one row per stream and such hour of a
-- week.
-- Reads: observed, calendar.
with doubled as (
    select
        week,
        hour_of_week
    from calendar
    group by week, hour_of_week
    having count(*) > 1
)

select
    observed.stream,
    observed.week,
    observed.hour_of_week,
    sum(observed.calls) as calls
from observed
inner join doubled on observed.week = doubled.week and observed.hour_of_week = doubled.hour_of_week
group by observed.stream, observed.week, observed.hour_of_week
