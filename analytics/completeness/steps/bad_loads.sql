-- The loads in which more lines were rejected without a time than were read or rejected with one: one row each.
-- Reads: rejects, loads.
with untimed as (
    select
        load_id,
        count(*) filter (where called_at is null and (reason <> 'unknown_host' or integration is not null)) as untimed,
        count(*) filter (where called_at is not null) as timed
    from rejects
    group by load_id
)

select
    loads.stream,
    hour_of(loads.first_call) as first_hour,
    hour_of(loads.last_call) as last_hour,
    sum(untimed.untimed) over (partition by loads.stream) as rejects
from loads
inner join untimed on loads.load_id = untimed.load_id
where untimed.untimed > loads.calls + untimed.timed
