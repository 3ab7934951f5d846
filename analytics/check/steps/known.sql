-- The valid candidates, one row each.
-- Reads: candidates.
select distinct integration_id
from candidates
where id_status = 'valid'
