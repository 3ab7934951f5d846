with times as (
    select load_id, min(called_at) as first_call, max(called_at) as last_call
    from calls
    group by load_id
)

select
    'load ' || loads.load_id || ' (' || loads.source || '): its calls are of ' || times.first_call || ' to ' || times.last_call
    || ', the ledger says ' || coalesce(cast(loads.first_call as varchar), 'none') || ' to '
    || coalesce(cast(loads.last_call as varchar), 'none')
from loads
inner join times using (load_id)
left join removed using (load_id)
where
    loads.first_call is null or loads.last_call is null
    or times.first_call < loads.first_call or times.last_call > loads.last_call
    or coalesce(removed.calls, 0) = 0 and (times.first_call <> loads.first_call or times.last_call <> loads.last_call)
order by 1
