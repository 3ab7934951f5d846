-- The digits that exactly one known id has: one row each.
-- Reads: known_ids.
select
    replace(integration, '_', '') as digits,
    min(integration) as integration,
    min(partner) as partner
from known_ids
group by replace(integration, '_', '')
having count(*) = 1
