with counted as (
    select load_id, count(*) as calls
    from calls
    group by load_id
),

expected as (
    select loads.load_id, loads.source, loads.calls, coalesce(removed.calls, 0) as removed
    from loads
    left join removed using (load_id)
)

select
    'load ' || coalesce(expected.load_id, counted.load_id) || coalesce(' (' || source || ')', '') || ': the ledger says '
    || coalesce(expected.calls, 0) || ' calls' || case when removed > 0 then ', ' || removed || ' of them removed since' else '' end
    || ', the table has ' || coalesce(counted.calls, 0)
from expected
full join counted using (load_id)
where coalesce(expected.calls - removed, 0) <> coalesce(counted.calls, 0)
order by 1
