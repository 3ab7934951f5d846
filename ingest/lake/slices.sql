-- The first and last caller of each slice of `part`: about equally many calls, but all of one caller (day, integration and customer) in
-- one slice. Reads: part (calls).
with callers as (
    select
        concat_ws(chr(31), cast(day as varchar), coalesce(integration, ''), coalesce(customer, '')) as caller,
        count(*) as calls
    from part
    group by caller
),

sliced as (
    select
        caller,
        (sum(calls) over (order by caller) - calls) * $slices // sum(calls) over () as slice
    from callers
)

select
    min(caller) as first_caller,
    max(caller) as last_caller
from sliced
group by slice
order by slice
