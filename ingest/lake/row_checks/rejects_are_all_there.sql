-- Rejects of loads that the calls have not reached yet are hidden, so they may be there.
with counted as (
    select load_id, count(*) as rejects
    from rejects
    group by load_id
),

expected as (
    select loads.load_id, loads.source, loads.rejects, coalesce(removed.rejects, 0) as removed
    from loads
    left join removed using (load_id)
)

select
    'load ' || expected.load_id || ' (' || source || '): the ledger says ' || expected.rejects || ' rejects'
    || case when removed > 0 then ', ' || removed || ' of them removed since' else '' end
    || ', the table has ' || coalesce(counted.rejects, 0)
from expected
left join counted using (load_id)
where expected.rejects - removed <> coalesce(counted.rejects, 0)
union all
select
    'load ' || counted.load_id || ': the table has ' || counted.rejects || ' rejects of it, the ledger '
    || case when decided.load_id is null then 'does not know it' else 'has taken it back' end
from counted
left join decided using (load_id)
where decided.load_id is null or decided.is_gone
order by 1
