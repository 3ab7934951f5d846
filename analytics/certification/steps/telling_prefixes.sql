-- The prefixes of GetConnectors that only one partner uses: one row each.
-- Reads: identified.
select
    prefix,
    min(partner) as partner,
    case when count(distinct integration) = 1 then min(integration) end as integration
from identified
where prefix is not null
group by prefix
having count(distinct partner) = 1
