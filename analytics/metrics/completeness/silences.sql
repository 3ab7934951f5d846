-- The unbroken silences of each stream: how many calls were expected in one, counted in bursts, with and without those of
-- holidays. Ten or more are no chance: by Poisson p(0) < 1 in 20,000.
select
    rhythm.stream,
    rhythm.silence,
    count(*) as hours,
    sum(case when rhythm.is_low and excused.day is null then rhythm.expected else 0.0 end / coalesce(bursts.of_hours, 1.0))
        as missed,
    sum(case when rhythm.is_low then rhythm.expected else 0.0 end / coalesce(bursts.of_hours, 1.0)) as missed_with_holidays
from rhythm
left join excused on rhythm.stream = excused.stream and rhythm.day = excused.day
left join bursts on rhythm.stream = bursts.stream
where rhythm.calls = 0
group by rhythm.stream, rhythm.silence
