-- title: The hours of the calendar
-- unit: hours
-- grain: one row per hour (UTC) from the first call of the logs to the last one, or to the end of the period
-- key: hour
-- look_back: 57
-- steps: completeness/heard, completeness/calendar, completeness/holidays
-- meaning: `slot` is the kind of day (0 a workday, 1 a Saturday, 2 a Sunday or holiday) times 24, plus the hour of the clock in the
-- lake's time zone. Hours of one slot are alike for who calls. Hours are seconds since 1970.
select
    cast(epoch(calendar.hour) as bigint) as hour,
    cast(
        case
            when holidays.day is not null or isodow(calendar.day) = 7 then 48
            when isodow(calendar.day) = 6 then 24
            else 0
        end + calendar.hour_of_week % 24 as integer
    ) as slot
from calendar
cross join scope
left join holidays on calendar.day = holidays.day
where scope.until is null or calendar.day < scope.until
order by calendar.hour asc
