-- The ids that arrived or that the registry knows: one row per id as it was sent, its status and its defect.
with arrived as (
    select
        coalesce(integration, malformed_id) as integration_id,
        id_status,
        id_defect
    from sent_daily_senders
    where coalesce(integration, malformed_id) <> 'redacted'
    group by coalesce(integration, malformed_id), id_status, id_defect
)

select
    coalesce(arrived.integration_id, integrations.integration) as integration_id,
    coalesce(arrived.id_status, 'valid') as id_status,
    coalesce(arrived.id_defect, '') as id_defect,
    integrations.integration is not null as is_registered
from arrived
full outer join integrations on arrived.integration_id = integrations.integration
