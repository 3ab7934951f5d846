-- What these callers called: one row per caller, prefix, connector, and what was sent in the place of an id.
-- Reads: callers, id_groups.
select
    callers.caller,
    id_groups.prefix,
    id_groups.folded,
    id_groups.sent,
    id_groups.body_integration_id,
    sum(id_groups.calls) as calls
from callers
inner join id_groups
    on
        callers.customer = id_groups.customer
        and callers.user_agent is not distinct from id_groups.user_agent
where id_groups.id_status in ('missing', 'malformed')
group by all
