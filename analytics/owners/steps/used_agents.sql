-- The programs in calls with an id: one row per program and integration, with the number of partners that use it.
-- Reads: identified.
with used as (
    select distinct
        agent,
        integration,
        partner
    from identified
    where agent is not null
)

select
    used.agent,
    used.integration,
    counted.partners,
    counted.integrations
from used
inner join (
    select
        agent,
        count(distinct partner) as partners,
        count(*) as integrations
    from used
    group by agent
) as counted
    on used.agent = counted.agent
