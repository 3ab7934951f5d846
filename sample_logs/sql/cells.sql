-- title: how many calls each link makes in each hour
-- grain: link and hour with calls
-- $calls are shared out over the hours from $since until $until (local time) by weight; a link
-- is busier on one day than on the next. Within an hour the links stand in an order that looks random, so that the
-- rounding favours nobody; `first_call` is the number of the first of the cell's calls.
with weighed as (
    select
        hours.hour,
        links.link,
        turns.turn_status,
        turns.turn_of_10k,
        turns.turn_kinds,
        links.weight * rates.rate * coalesce(turns.volume, 100)
        * (30 + (md5_number_lower(concat(links.link, '/', hours.local_start::date)) & 127)::bigint) as weight
    from links
    inner join rates using (rhythm)
    inner join hours using (hour)
    left join turns
        on
            turns.link = links.link
            and hours.local_start >= turns.turn_since
            and hours.local_start < turns.turn_until
    where
        hours.local_start >= greatest(links.since, $since::timestamp)
        and hours.local_start < least(links.until, $until::timestamp)
),

stacked as (
    select
        *,
        sum(weight) over (order by hour, md5(concat(hour, '/', link)) rows unbounded preceding) as upto,
        sum(weight) over () as total
    from weighed
    where weight > 0
),

shared_out as (
    select
        *,
        ((upto - weight) * $calls // total)::bigint as first_call,
        (upto * $calls // total)::bigint as end_call
    from stacked
)

select
    hour,
    link,
    coalesce(turn_status, 0) as turn_status,
    coalesce(turn_of_10k, 0) as turn_of_10k,
    coalesce(turn_kinds, '') as turn_kinds,
    first_call,
    end_call
from shared_out
where end_call > first_call
