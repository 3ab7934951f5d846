-- One row per malformed id that is nearly $sent and nearly another one.
-- Reads: compared, known.
-- Known ids to which a malformed one is as near as to $sent, or nearer.
select
    compared.integration_id,
    bool_or(damerau_levenshtein(compared.bare, known.integration_id) < compared.distance) as is_nearer,
    bool_or(damerau_levenshtein(compared.bare, known.integration_id) = compared.distance) as is_as_near
from compared
inner join known on known.integration_id <> compared.sent
where compared.id_status = 'malformed' and compared.distance <= 2
group by compared.integration_id
