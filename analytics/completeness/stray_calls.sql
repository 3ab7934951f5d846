-- title: Stray calls
-- unit: calls
-- grain: one row per stream with stray calls in the period
-- key: stream
-- look_back: 0
-- steps: completeness/heard, completeness/counted, completeness/calendar,
-- completeness/lives
-- meaning: The streams that have calls far away from all others, such as a line that arrived months late, or calls
-- dated after the last load. They count as calls, but do not affect what is missing. If one of them is in the period,
-- all stray calls of the stream are counted.
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
