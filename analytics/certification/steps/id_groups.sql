-- The calls with everything that shows whose they are: one row per combination. `calls` are those in the window,
-- `last_call` is the last one at any time.
-- Reads: last_day.
select
    calls.integration,
    calls.partner,
    calls.id_status,
    calls.id_defect,
    calls.integration_id as sent,
    calls.body_integration_id,
    calls.customer,
    nullif(lower(trim(split_part(split_part(calls.user_agent, '/', 1), ' ', 1))), '') as agent,
    case
        when contains(calls.connector, '_') and not is_supplied(calls.connector)
            then lower(split_part(calls.connector, '_', 1))
    end as prefix,
    count(*) filter (where calls.day > last_day.day - $window) as calls,
    max(calls.called_at) as last_call
from calls
cross join last_day
group by all
