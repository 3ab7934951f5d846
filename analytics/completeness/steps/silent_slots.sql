-- The slots that fell silent for three to eight weeks: one row per silent week.
-- Reads: week_slots.
with around as (
    select
        *,
        max(case when calls > 0 then week end) over (
            partition by stream, kind, slot order by week rows between unbounded preceding and 1 preceding
        ) as week_before,
        min(case when calls > 0 then week end) over (
            partition by stream, kind, slot order by week rows between 1 following and unbounded following
        ) as week_after,
        max(week) over (partition by stream, kind, slot) as last_week
    from week_slots
)

select
    *,
    coalesce(week_after, last_week + 1) - week_before - 1 as length
from around
where calls = 0 and hours = 1 and coalesce(week_after, last_week + 1) - week_before - 1 between 3 and 8
