-- A load that grew from headers alone has no parent, but some load has ended where it begins.
select
    'load ' || loads.load_id || ' (' || loads.source || '): '
    || case
        when loads.end_byte < loads.start_byte then 'begins at byte ' || loads.start_byte || ' and ends at ' || loads.end_byte
        when decided.parent is null then 'begins at byte ' || loads.start_byte || ', where no load ends'
        else
            'begins at byte ' || loads.start_byte || ', the load before it (' || decided.parent || ') ends at '
            || coalesce(cast(before.end_byte as varchar), 'a place that is not there')
    end
from loads
inner join decided on decided.load_id = loads.load_id
left join loads as before on before.load_id = decided.parent
where
    loads.end_byte < loads.start_byte
    or decided.parent is not null and before.end_byte is distinct from loads.start_byte
    or decided.parent is null and loads.start_byte > 0 and loads.start_byte not in (select end_byte from decided)
order by 1
