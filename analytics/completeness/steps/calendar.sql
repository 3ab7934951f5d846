-- The hours from the first call to the last one, read once.
select
    hour,
    day,
    week,
    hour_of_week,
    hours_ahead
from hours
