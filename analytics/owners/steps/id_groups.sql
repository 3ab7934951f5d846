-- What shows whose calls are, of all calls that may be seen: one row per id or what was sent in its place, user agent and connector;
-- without a valid id also per customer. It has the columns of certification/id_groups, so the steps that read that one can read
-- this one. That one looks at the calls of its scope. This one looks at all days and environments, because whose calls
-- these are does not depend on what is asked, and a customer's other days are evidence.
-- Reads: daily_senders_all.
select
    integration,
    partner,
    id_status,
    id_defect,
    malformed_id as sent,
    body_integration_id,
    unnamed_customer as customer,
    user_agent,
    program_of(user_agent) as agent,
    lower(connector) as folded,
    prefix_of(connector) as prefix,
    sum(calls) as calls,
    min(day) as first_day,
    max(day) as last_day
from daily_senders_all
where id_status <> 'not_logged'
group by all
