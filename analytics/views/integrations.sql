-- The integrations of the registry: one row per <partner>_<project>.
-- Reads: lake.integrations.
select
    integration,
    partner,
    project,
    name,
    replaces,
    certified_since,
    certified_until,
    listed
from lake.integrations
