-- The places at which calls are cut into $parts with about equally many calls: where each part begins.
-- Reads: sampled (place).
with numbered as (
    select
        place,
        (row_number() over (order by place) - 1) * $parts // count(*) over () as part
    from sampled
)

select min(place) as place
from numbered
group by part
order by place
