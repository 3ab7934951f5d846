-- title: How much there is to look at
-- unit: days
-- grain: one row
-- key: none
-- look_back: 0
-- meaning: `integration_days` counts each day of each integration with calls; `last_day` is the last one with any call.
with days as (
    select distinct
        integration,
        day
    from customer_days
)

select
    count(integration) as integration_days,
    max(day) as last_day
from days
