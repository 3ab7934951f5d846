select distinct
    'load ' || loads.load_id || ' (' || loads.source || '): is of stream ' || loads.stream || ', but has rows of '
    || found.stream
from loads
inner join (
    select distinct load_id, stream from calls
    union
    select distinct load_id, stream from rejects
) as found using (load_id)
where found.stream is distinct from loads.stream
order by 1
