-- Malformed ids that read as another id: as a known one by its digits or its numbers, or as another one of the same
-- partner. One row per id.
-- Reads: compared, known.
select distinct compared.integration_id
from compared
left join known on compared.says = known.integration_id
left join known as same_digits on compared.near_digits = regexp_replace(same_digits.integration_id, '[^0-9]', '', 'g')
where
    compared.id_status = 'malformed'
    and compared.says is distinct from compared.sent
    and (
        known.integration_id is not null
        or same_digits.integration_id is not null
        or starts_with(compared.says, concat(compared.partner, '_'))
    )
