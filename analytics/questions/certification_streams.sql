-- title: Streams by product
-- unit: streams
-- grain: one row per product and stream with a call in scope
-- key: product, stream
-- look_back: 0
-- meaning: Which logs the calls of a product come from: an hour that one of them misses may hide a customer.
select
    product,
    stream
from calls
group by product, stream
order by product asc, stream asc
