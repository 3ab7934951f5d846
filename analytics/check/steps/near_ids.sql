-- The candidates that are nearly $sent, and in which way: one row per id.
-- Reads: compared, rivals, others.
with judged as (
    select
        compared.integration_id,
        case
            when renames.integration = compared.sent then 'old_id'
            when replaced.integration = compared.integration_id then 'new_id'
            when compared.id_defect = 'repeated' and contains(compared.integration_id, compared.sent) then 'repeated'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and regexp_matches(compared.integration_id, concat('^', compared.partner, '_', compared.project, '[^0-9]'))
                then 'tail'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and contains(compared.integration_id, compared.sent)
                and compared.near_digits = compared.digits
                then 'wrapped'
            when length(compared.digits) >= 5 and compared.near_digits = compared.digits then 'separator'
            when
                length(compared.digits) >= 5
                and (compared.near_unpadded = compared.unpadded or compared.says = compared.unpadded)
                and not regexp_matches(compared.bare, '[A-Za-z?]')
                then 'leading_zero'
            when
                compared.partner <> ''
                and concat(compared.project, '_', compared.partner) in (compared.integration_id, compared.says)
                then 'swapped_parts'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and compared.near_digits in (compared.partner, compared.project)
                then 'part_missing'
            when
                length(compared.digits) >= 4
                and not (compared.is_registered and compared.is_asked_registered)
                and (compared.id_status = 'valid' or others.integration_id is null)
                and not coalesce(rivals.is_nearer, false)
                and (
                    compared.has_registry
                    or compared.id_status = 'malformed'
                    or compared.partner <> split_part(compared.integration_id, '_', 1)
                )
                and (compared.distance <= 2 or compared.says = compared.sent)
                then 'typing_error'
            when is_example_id(compared.integration_id) then 'documentation_example'
            when
                not compared.is_seen
                and compared.id_status = 'valid'
                and compared.partner = split_part(compared.integration_id, '_', 1)
                then 'same_partner'
        end as kind,
        coalesce(rivals.is_as_near and compared.says is distinct from compared.sent, false) as is_shared
    from compared
    left join
        lake.renames as renames
        on compared.integration_id = concat(renames.old_partner, '_', renames.old_project)
    left join lake.renames as replaced on compared.sent = concat(replaced.old_partner, '_', replaced.old_project)
    left join rivals on compared.integration_id = rivals.integration_id
    left join others on compared.integration_id = others.integration_id
)

select
    integration_id,
    kind,
    is_shared and kind = 'typing_error' as is_shared
from judged
where kind is not null
