select 'load ' || calls.load_id || ': ' || count(*) || ' calls of days before ' || removals.before || ', which were to be removed'
from calls
inner join (select load_id, max(before) as before from removals group by load_id) as removals using (load_id)
where calls.day < removals.before
group by calls.load_id, removals.before
union all
select 'load ' || load_id || ': ' || count(*) || ' rejects with a detail or a sample, which were to be removed'
from rejects
semi join textless using (load_id)
where detail is not null or sample is not null
group by load_id
order by 1
