-- title: how many calls there are in each hour
select
    hour,
    sum(end_call - first_call)::bigint as calls
from cells
group by hour
order by hour
