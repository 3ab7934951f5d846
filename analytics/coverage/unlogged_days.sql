-- title: Days with calls whose header was not logged
-- unit: days
-- grain: one row per integration (null: may be any integration), product and day
-- key: integration, product, day
-- look_back: 0
-- steps: coverage/unlogged
-- meaning: The days with calls that no log with the header shows. They were made by customers of the integration, or by
-- customers for which no integration is known to call. Ask this without a beginning. Partner, integration, customer,
-- connector and stream do not narrow it.
select
    integration,
    product,
    day
from unlogged
order by integration asc nulls last, product asc, day asc
