-- title: Stray calls
-- unit: calls
-- grain: one row per stream with stray calls in the period
-- key: stream
-- look_back: 0
-- steps: completeness/heard, completeness/counted, completeness/calendar,
-- completeness/lives
-- meaning: Which streams have calls far from all their others, such as a line that came in months late, or dated after the
-- last load. They count as calls, and say nothing about what is missing. The whole stream's are counted where one of them lies in
-- the period.
select
    lives.stream,
    lives.stray_calls,
    lives.first_stray,
    lives.last_stray
from lives
cross join scope
where
    lives.stray_calls > 0
    and (scope.since is null or lives.last_stray >= scope.since)
    and (scope.until is null or lives.first_stray < scope.until)
order by lives.stream asc
