-- Sums, attributed to the integrations that the registry knows now, as in calls.sql.
-- Reads: sent (sums of calls as they were sent), lake.renames (old_partner, old_project, partner, project, integration).
select
    sent.* replace (
        coalesce(renames.partner, sent.partner) as partner,
        coalesce(renames.project, sent.project) as project,
        coalesce(renames.integration, sent.integration) as integration
    )
from sent
left join lake.renames as renames on sent.partner = renames.old_partner and sent.project = renames.old_project
