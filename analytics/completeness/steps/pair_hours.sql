-- The calls near a border: one row per stream, customer, integration and hour.
-- Reads: border_windows, calendar.
with near as (
    select distinct calendar.hour
    from calendar
    inner join border_windows
        on
            calendar.hour between border_windows.own_from and border_windows.own_to
            or calendar.hour between border_windows.other_from and border_windows.other_to
)

select
    stream,
    product || '/' || environment || '/' || customer as who,
    integration,
    hour_of(called_at) as hour,
    count(*) as calls
from calls_all
where hour_of(called_at) in (select hour from near)
group by stream, product, environment, customer, integration, hour_of(called_at)
