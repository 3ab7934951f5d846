-- The programs and prefixes of calls whose id shows whose they are.
-- Reads: id_groups, mistyped.
select *
from id_groups
where
    id_status = 'valid'
    and not is_example_id(integration)
    and integration not in (select mistyped.sent from mistyped)
