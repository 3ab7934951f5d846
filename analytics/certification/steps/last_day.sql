-- The last day of the period that the lake covers. One row; null where it covers none.
select max(day) as day
from days
