-- The integrations that the registry or a call names: one row each.
-- Reads: identified.
select
    integration,
    partner
from integrations
union
select
    integration,
    partner
from identified
