select
    'load ' || load_id || ' (' || source || '): ' || lines || ' lines, but ' || calls || ' calls + ' || rejects
    || ' rejects + ' || ignored || ' ignored'
from loads
where lines <> calls + rejects + ignored or least(lines, calls, rejects, ignored) < 0
order by 1
