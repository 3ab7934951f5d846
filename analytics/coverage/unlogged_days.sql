-- title: Days with calls whose header was not logged
-- unit: days
-- grain: one row per integration (null: whoever's), product and day
-- key: integration, product, day
-- look_back: 0
-- steps: coverage/unlogged
-- meaning: On which days customers of an integration, or customers that nobody is known to call for, made calls of which no
-- log could hold the id. Asked without a beginning; partner, integration, customer, connector and stream do not narrow it.
select
    integration,
    product,
    day
from unlogged
order by integration asc nulls last, product asc, day asc
