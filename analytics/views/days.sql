-- The calendar of the period, as far as the logs reach: one row per day, with the first day of the window that ends
-- there.
-- Reads: extent (since, until, window_days).
select
    cast(day as date) as day,
    cast(day - to_days(cast(window_days as integer) - 1) as date) as window_start
from (
    select
        unnest(generate_series(since, until - interval 1 day, interval 1 day)) as day,
        window_days
    from extent
)
