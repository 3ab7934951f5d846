select 'loads ' || string_agg(load_id, ', ' order by load_id) || ' end at the same place of the same content'
from loads
where calls + rejects > 0
group by end_byte, content_sha256
having count(*) > 1
order by 1
