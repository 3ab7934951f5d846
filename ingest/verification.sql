-- The invariants of the lake. Each query returns a line of text for everything that breaks it, and nothing when it holds.

-- check: every_line_has_one_fate
select 'load ' || load_id || ' (' || source || '): ' || lines || ' lines, but ' || calls || ' calls + ' || rejects
    || ' rejects + ' || ignored || ' ignored'
from loads
where lines <> calls + rejects + ignored;

-- check: calls_are_all_there
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
select 'load ' || coalesce(expected.load_id, counted.load_id) || coalesce(' (' || source || ')', '') || ': the ledger says '
    || coalesce(expected.calls, 0) || ' calls' || case when removed > 0 then ', ' || removed || ' of them removed since' else '' end
    || ', the table has ' || coalesce(counted.calls, 0)
from expected
full join counted using (load_id)
where coalesce(expected.calls - removed, 0) <> coalesce(counted.calls, 0)
order by 1;

-- check: rejects_are_all_there
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
select 'load ' || expected.load_id || ' (' || source || '): the ledger says ' || expected.rejects || ' rejects'
    || case when removed > 0 then ', ' || removed || ' of them removed since' else '' end
    || ', the table has ' || coalesce(counted.rejects, 0)
from expected
left join counted using (load_id)
where expected.rejects - removed <> coalesce(counted.rejects, 0)
order by 1;

-- check: no_line_counts_twice
with fates as (
    select load_id, line_number from calls
    union all
    select load_id, line_number from rejects
)
select 'load ' || load_id || ', line ' || line_number || ': ' || count(*) || ' times'
from fates
group by load_id, line_number
having count(*) > 1;

-- check: no_content_is_loaded_twice
select 'loads ' || string_agg(load_id, ', ' order by load_id) || ' end at the same place of the same content'
from loads
where calls + rejects > 0
group by end_byte, content_sha256
having count(*) > 1;

-- check: bytes_add_up
select 'load ' || loads.load_id || ': begins at byte ' || loads.start_byte || ', the load before it ('
    || parents.parent || ') ends at ' || coalesce(cast(before.end_byte as varchar), 'a place that is not there')
from loads
join parents on parents.load_id = loads.load_id
left join loads as before on before.load_id = parents.parent
where loads.end_byte < loads.start_byte or parents.parent is not null and before.end_byte is distinct from loads.start_byte;

-- check: calls_keep_the_contract
select 'load ' || load_id || ', line ' || line_number || ': ' ||
    case
        when id_status = 'valid' and integration is distinct from partner || '_' || project then 'integration and its parts differ'
        when id_status <> 'valid' and (partner is not null or project is not null or integration is not null)
            then 'attributed without a valid id'
        when (id_status = 'malformed') <> (id_defect is not null) then 'id_status and id_defect differ'
        when own is distinct from coalesce(product = 'profit' and customer = cast(partner as varchar), false) then 'own is wrong'
        when outcome is distinct from outcome_of(status, duration_ms, query_length) then 'outcome does not follow from status'
        when day is distinct from cast(timezone(getvariable('time_zone'), called_at) as date) then 'day is not called_at''s'
        else 'a column is empty that must not be'
    end
from calls
where
    id_status = 'valid' and integration is distinct from partner || '_' || project
    or id_status <> 'valid' and (partner is not null or project is not null or integration is not null)
    or (id_status = 'malformed') <> (id_defect is not null)
    or own is distinct from coalesce(product = 'profit' and customer = cast(partner as varchar), false)
    or outcome is distinct from outcome_of(status, duration_ms, query_length)
    or day is distinct from cast(timezone(getvariable('time_zone'), called_at) as date)
    or called_at is null or stream is null or product is null or customer is null or method is null or status is null
    or endpoint is null or query_length is null or token_form is null or filter_fields is null;

-- check: free_text_fits_its_pattern
select 'load ' || load_id || ', line ' || line_number || ': a text that does not fit the pattern of its column'
from calls
where
    length(integration_id) > 64
    or length(user_agent) > 256
    or not regexp_full_match(connector, '[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}')
    or not regexp_full_match(request_id, '[A-Za-z0-9_.:-]{1,128}')
    or not regexp_full_match(body_integration_id, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}')
    or not regexp_full_match(endpoint, '[A-Za-z0-9_./@,-]*')
    or not regexp_full_match(customer, '[1-9][0-9]{3,6}|[a-z0-9-]+/[a-z0-9_-]+');
