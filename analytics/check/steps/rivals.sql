-- Malformed ids that are as near to a known id as to $sent, or nearer. One row per id.
-- Reads: compared, known.
select
    compared.integration_id,
    bool_or(damerau_levenshtein(compared.bare, known.integration_id) < compared.distance) as is_nearer,
    bool_or(damerau_levenshtein(compared.bare, known.integration_id) = compared.distance) as is_as_near
from compared
inner join known on known.integration_id <> compared.sent
where compared.id_status = 'malformed' and compared.distance <= 2
group by compared.integration_id
