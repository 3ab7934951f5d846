-- The last day of the period that the lake covers. One row; null if it covers none.
select max(day) as day
from days
