-- The programs that only one partner uses: one row each.
-- Reads: identified, anybodys.
select
    agent,
    min(partner) as partner,
    case when count(distinct integration) = 1 then min(integration) end as integration
from identified
where agent is not null and agent not in (select anybodys.agent from anybodys)
group by agent
having count(distinct partner) = 1
