with fates as (
    select load_id, line_number from calls
    union all
    select load_id, line_number from rejects
)

select 'load ' || load_id || ', line ' || line_number || ': ' || count(*) || ' times'
from fates
where hash(load_id) % (select count(*) from parts) = getvariable('part')
group by load_id, line_number
having count(*) > 1
order by 1
