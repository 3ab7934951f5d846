-- The calls of $day, in the order of the lake's data files.
select *
from calls
where day = $day
order by
    day asc,
    integration asc nulls first,
    customer asc,
    connector asc nulls first,
    called_at asc,
    load_id asc,
    line_number asc
