-- title: Days that the logs cover
-- unit: days
-- grain: one row; nulls without a call
-- key: none
-- look_back: 0
-- steps: completeness/heard, completeness/counted, completeness/calendar,
-- completeness/lives
-- meaning: The first and the last day of the loaded logs, without stray calls: those far away from all others of their
-- log, and those dated after the last load.
select
    cast(timezone(any_value(scope.time_zone), min(lives.first_hour)) as date) as first_day,
    cast(timezone(any_value(scope.time_zone), max(lives.last_hour)) as date) as last_day
from lives
cross join scope
