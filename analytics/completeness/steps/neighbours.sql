-- The weeks that a week of a stream is compared with: the nearest four before it and four after it that have calls, at
-- most eight weeks away. A long gap therefore does not become the rhythm, and old weeks do not count.
with weeks as (
    select
        stream,
        week,
        max(calls) > 0 as has_calls,
        sum(case when max(calls) > 0 then 1 else 0 end) over (partition by stream order by week) as place
    from observed
    group by stream, week
)

select
    weeks.stream,
    weeks.week,
    others.week as other_week,
    count(*) over (partition by weeks.stream, weeks.week) as weeks
from weeks
inner join weeks as others
    on
        weeks.stream = others.stream
        and weeks.week <> others.week
        and others.place between weeks.place - case when weeks.has_calls then 4 else 3 end and weeks.place + 4
where others.has_calls and others.week between weeks.week - 8 and weeks.week + 8
