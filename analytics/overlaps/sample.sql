-- title: How much of the calls is compared
-- unit: minutes
-- grain: one row
-- key: none
-- look_back: 0
-- meaning: overlaps/streams compares the calls of one minute in `minute_in`: of all minutes up to 800,000 calls, and of
-- some minutes with about 400,000 calls in all if there are more. Of these some are always left: if the calls lie in few
-- minutes, more calls are compared.
with minutes as (
    select
        minute_of(called_at) as minute,
        count(*) as calls
    from calls
    group by minute_of(called_at)
)

select greatest(1, least(coalesce(added_up(calls), 0) // 400000, count(*) // 16)) as minute_in
from minutes
