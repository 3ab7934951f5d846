-- title: Completeness of the logs
-- unit: calls
-- grain: one row per stream and hour (UTC), from the stream's first call until its silence is judged no longer
-- key: stream, hour
-- look_back: 0
-- steps: completeness/stated
-- meaning: Which hours a log has whole. It is about streams: all calls count, whatever their environment, product,
-- partner, integration, customer or connector; a scope chooses the days and the stream shown.
-- where: a stream is judged where it lives. A few calls far from all the others are stray and change nothing.
-- expected: the median of the same hour of the week in the four weeks before and the four after in which the stream has
-- calls, none more than eight weeks away; where the clock was changed between them, by the local clock or by UTC,
-- whichever is less, unless three of them have the same clock; a silence is read by each clock, and the one that expects more
-- of it is believed, without the hour at its edge in which a job that ran outside would stand. Null where no such week
-- knows the hour; such an hour is complete, for nothing is known against it.
-- An hour of the week, or a weekday, that fell silent for three to eight weeks while the log went on is expected as before
-- that, and not more than since: a part of the week that is not loaded does not become the rhythm.
-- low: at least three in four of those weeks had more than twice as many calls.
-- missing: silence that is low and surely no chance. All calls expected in one unbroken silence, holidays apart, counted
-- in bursts as large as the stream's calls come in, are 10 or more: by Poisson p(0) < 1 in 20,000; or those of the same hour,
-- silent day after day, are 15 or more. So a quiet night is complete, and so are four without their job of three calls. Where the hours know nothing, the days are judged in the same way, and for the smallest logs how many days
-- in a row are silent. `expected` is then a 24th of the day's.
-- thin: fewer calls, low, and 5 standard deviations below what is expected, by the hour or by the day; and silence on a
-- holiday: a day on which the other streams have less than half of the usual, or, where none tells, one of the calendar. For a
-- stream with fewer than half as many calls on a day at the weekend as on a workday, only such streams tell; for any other the
-- calendar does not.
-- stopped: the silence of a stream that stays behind the others is missing as a whole, until the last call of the lake,
-- until its customers are in another stream, or until `koppelzicht streams end` says that it has ended.
-- rejected: hours of days on which more lines were rejected than became calls are missing, too.
-- why: of a missing hour silent, stopped or rejected; of a thin one holiday or low.
-- The first hour of a stream and the last of the lake are cut by where the logs begin and end, and never thin.
-- Limits: of a log that has calls on six days in ten or less, ten silent days are no surprise (`koppelzicht streams` says
-- of which); what is cut off in most weeks, for more than eight of them, is the rhythm; a fall by more than half is thin
-- for two weeks.
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
