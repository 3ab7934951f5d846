-- title: Completeness of the logs
-- unit: calls
-- grain: one row per stream and hour (UTC), from the stream's first call to the last hour in which its silence is
-- judged
-- key: stream, hour
-- look_back: 0
-- steps: completeness/stated
-- meaning: The hours in which a log is complete, thin or missing. It judges streams, so all calls count, whatever their
-- environment, product, partner, integration, customer or connector. The scope chooses only the days and the stream
-- that are shown. The metric has limits. In a log that has calls on at most six days in ten, ten silent days are no
-- surprise; `koppelzicht streams` names such logs. Calls that are cut off in most weeks, for more than eight weeks,
-- become the rhythm. A fall by more than half is thin for two weeks only.
-- where: a stream is judged from its first hour to its last. A few calls far away from all others are stray and change
-- nothing.
-- expected: the median of the same hour of the week, in the nearest four weeks before and four weeks after in which the
-- stream has calls, at most eight weeks away. If the clock changed between them and at least three of these weeks have
-- the same clock, only those count. Otherwise the hour is looked up by the local clock and by UTC, and the smaller
-- median counts. A silence is read by both clocks. The clock that expects more calls in it counts, except in the hour
-- at its edge: a job may have run just outside the silence there, so the smaller median counts. `expected` is null if
-- no such week covers the hour. Such an hour counts as complete, because nothing speaks against it.
-- An hour of the week or a weekday may fall silent for three to eight weeks while the log goes on. It is then still
-- expected as before the silence, but not more than after it, so that a part of the week that is not loaded does not
-- become the rhythm.
-- low: at least three in four of those weeks had more than twice as many calls.
-- missing: a silence that is low and too long for chance. One unbroken silence is missing if 10 or more calls were
-- expected in it. Holidays do not count, and calls that usually arrive together count as one. By Poisson, p(0) is then
-- below 1 in 20,000. The same hour on successive days is missing if 15 or more calls were expected in it. A quiet night
-- is therefore complete, and four nights without a job of three calls are complete too. If the hours show nothing, the
-- days are judged in the same way; in the smallest logs, the number of silent days in a row decides. `expected` is then
-- a 24th of the day's calls.
-- thin: fewer calls than expected: low, and 5 standard deviations below, by the hour or by the day. A silence on a
-- holiday is thin too. A day is a holiday if the other streams have less than half of their usual calls, or, if none of
-- them can tell, if the calendar says so. For a stream that has fewer than half as many calls on a day of the weekend
-- as on a workday, only streams of the same kind count as others. For any other stream the calendar does not count.
-- stopped: a stream falls silent while others go on. Its silence is missing as a whole: until the last call of the
-- lake, until other streams have its customers, or until `koppelzicht streams end` says that it has ended.
-- rejected: hours of a day on which more lines were rejected than became calls are missing too.
-- why: silent, stopped or rejected for a missing hour; holiday or low for a thin one. The logs may begin or end within
-- the first hour of a stream and the last hour of the lake. These two hours are never thin.
select
    stated.stream,
    stated.hour,
    coalesce(counted.calls, 0) as calls,
    stated.expected,
    stated.state,
    stated.why
from stated
cross join scope
left join counted on stated.stream = counted.stream and stated.hour = counted.hour
where
    (scope.since is null or stated.day >= scope.since)
    and (scope.until is null or stated.day < scope.until)
    and (scope.stream is null or stated.stream = scope.stream)
order by stated.hour asc, stated.stream asc
