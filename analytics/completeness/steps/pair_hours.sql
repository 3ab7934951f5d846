-- The calls near a border: one row per stream, customer, integration and hour.
-- Reads: border_windows, calendar, customer_hours_all.
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
    hour,
    added_up(calls) as calls
from customer_hours_all
where hour in (select near.hour from near)
group by stream, product, environment, customer, integration, hour
