-- title: Failed calls
-- unit: calls
-- grain: one row per hour, class of errors, integration, customer and connector with failed calls
-- key: hour, class, integration, customer, connector
-- look_back: 57
-- steps: incidents/failed
-- meaning: Only those of the hours (seconds since 1970) in `$hours_in_question`.
with in_question as (
    select unnest(cast($hours_in_question as bigint[])) as hour
)

select
    failed.hour,
    failed.class,
    failed.integration,
    failed.customer,
    failed.connector,
    failed.errors
from failed
inner join in_question on failed.hour = in_question.hour
