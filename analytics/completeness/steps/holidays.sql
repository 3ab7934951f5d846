-- The days on which few calls are made in the Netherlands, as far as the calendar reaches: public holidays, the Friday
-- after Ascension Day, and 24 to 31 December. One row per day.
with years as (
    select distinct cast(date_part('year', day) as integer) as year
    from calendar
),

-- Easter in the Gregorian calendar (Gauss), for the years 1900 to 2099. The full moon is `moon` days after 21 March.
moons as (
    select
        year,
        (19 * (year % 19) + 24) % 30 as moon,
        year % 19 as place
    from years
),

sundays as (
    select
        year,
        place,
        moon,
        (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7 as wait
    from moons
),

easters as (
    select
        year,
        make_date(year, 3, 22) + cast(
            moon + wait - case
                when moon = 29 and wait = 6 then 7
                when moon = 28 and wait = 6 and place > 10 then 7
                else 0
            end as integer
        ) as easter
    from sundays
),

found as (
    -- Good Friday, Easter and Easter Monday, Ascension Day and the day after, Whitsun and Whit Monday
    select easter + unnest([-2, 0, 1, 39, 40, 49, 50]) as day
    from easters
    union
    -- New Year's Day and Liberation Day
    select unnest([make_date(year, 1, 1), make_date(year, 5, 5)]) as day
    from years
    union
    -- King's Day; the day before if it is a Sunday
    select make_date(year, 4, case when isodow(make_date(year, 4, 27)) = 7 then 26 else 27 end) as day
    from years
    union
    select make_date(year, 12, 24) + unnest([0, 1, 2, 3, 4, 5, 6, 7]) as day
    from years
)

select distinct calendar.day
from calendar
inner join found on calendar.day = found.day
