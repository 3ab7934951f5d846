-- What shows whose calls are: one row per id or what was sent in its place, program and prefix of a connector; without a valid id
-- also per customer. `calls` are those in the window, `last_call` is the last one at any time.
-- Reads: last_day.
select
    daily_senders.integration,
    daily_senders.partner,
    daily_senders.id_status,
    daily_senders.id_defect,
    daily_senders.malformed_id as sent,
    daily_senders.body_integration_id,
    daily_senders.unnamed_customer as customer,
    program_of(daily_senders.user_agent) as agent,
    prefix_of(daily_senders.connector) as prefix,
    sum(daily_senders.calls) filter (where daily_senders.day > last_day.day - $window) as calls,
    max(daily_senders.last_call) as last_call
from daily_senders
cross join last_day
group by all
