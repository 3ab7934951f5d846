-- title: The registry's entry of an id
-- unit: integrations
-- grain: one row
-- key: none
-- look_back: 0
-- meaning: The name of the integration $sent and of its partner, and the id that replaces it; null if the registry does
-- not say. has_registry: whether the registry knows any integration.
with asked as (
    select cast($sent as varchar) as integration
)

select
    integrations.integration is not null as is_registered,
    (select count(*) > 0 from integrations) as has_registry,
    integrations.name,
    partners.name as partner_name,
    renames.integration as replaced_by
from asked
left join integrations on asked.integration = integrations.integration
left join partners on integrations.partner = partners.partner
left join lake.renames as renames on asked.integration = concat(renames.old_partner, '_', renames.old_project)
