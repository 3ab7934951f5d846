-- Sums that keep customers apart, attributed to the integrations that the registry knows now, as in calls.sql.
-- Reads: sent (sums of calls as they were sent), lake.renames (old_partner, old_project, partner, project, integration),
-- lake.former_numbers (partner, customer).
select
    sent.* replace (
        coalesce(renames.partner, sent.partner) as partner,
        coalesce(renames.project, sent.project) as project,
        coalesce(renames.integration, sent.integration) as integration,
        sent.own
        or coalesce(sent.customer = cast(renames.partner as varchar), false)
        or former_numbers.customer is not null as own
    )
from sent
left join lake.renames as renames on sent.partner = renames.old_partner and sent.project = renames.old_project
left join
    lake.former_numbers as former_numbers
    on coalesce(renames.partner, sent.partner) = former_numbers.partner and sent.customer = former_numbers.customer
