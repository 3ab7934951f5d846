-- The invariants of the lake, as far as rows can say. Each query returns a line of text for everything that breaks it, and
-- nothing when it holds. They read the snapshot's `calls`, `rejects` and `loads` (with what retries have made of their lines);
-- `removed` (what retention has removed of a load), `removals` (up to which day), `textless` (the loads
-- whose rejects have lost their texts), `decided` (every load ever decided).

-- check: every_line_has_one_fate
select
    'load ' || load_id || ' (' || source || '): ' || lines || ' lines, but ' || calls || ' calls + ' || rejects
    || ' rejects + ' || ignored || ' ignored'
from loads
where lines <> calls + rejects + ignored or least(lines, calls, rejects, ignored) < 0
order by 1;

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

select
    'load ' || coalesce(expected.load_id, counted.load_id) || coalesce(' (' || source || ')', '') || ': the ledger says '
    || coalesce(expected.calls, 0) || ' calls' || case when removed > 0 then ', ' || removed || ' of them removed since' else '' end
    || ', the table has ' || coalesce(counted.calls, 0)
from expected
full join counted using (load_id)
where coalesce(expected.calls - removed, 0) <> coalesce(counted.calls, 0)
order by 1;

-- check: rejects_are_all_there
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
order by 1;

-- check: nothing_outlives_its_retention
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
order by 1;

-- check: no_line_counts_twice
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
order by 1;

-- check: no_content_is_loaded_twice
select 'loads ' || string_agg(load_id, ', ' order by load_id) || ' end at the same place of the same content'
from loads
where calls + rejects > 0
group by end_byte, content_sha256
having count(*) > 1
order by 1;

-- check: bytes_add_up
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
order by 1;

-- check: loads_say_when
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
order by 1;

-- check: rows_carry_the_stream_of_their_load
select distinct
    'load ' || loads.load_id || ' (' || loads.source || '): is of stream ' || loads.stream || ', but has rows of '
    || found.stream
from loads
inner join (
    select distinct load_id, stream from calls
    union
    select distinct load_id, stream from rejects
) as found using (load_id)
where found.stream is distinct from loads.stream
order by 1;

-- check: calls_keep_the_contract
with judged as (
    select
        load_id,
        line_number,
        case
            when
                called_at is null or stream is null or product is null or protocol is null or environment is null
                or customer is null or id_status is null or own is null or method is null or operation is null
                or endpoint is null or status is null or outcome is null or query_length is null or token_form is null
                or filter_fields is null
                then 'a column is empty that must not be'
            when (day is distinct from cast(timezone(getvariable('time_zone'), called_at) as date))
                then 'day ' || coalesce(cast(day as varchar), 'nothing') || ' is not called_at''s'
            when not list_contains(getvariable('product_words'), product) then 'product ' || product || ' is not known'
            when not list_contains(getvariable('protocol_words'), protocol) then 'protocol ' || protocol || ' is not known'
            when not list_contains(getvariable('environment_words'), environment) or product = 'sb' and environment <> 'production'
                then 'environment ' || environment || ' is not known'
            when not list_contains(getvariable('operation_words'), operation) then 'operation ' || operation || ' is not known'
            when not list_contains(getvariable('token_form_words'), token_form) then 'token_form ' || token_form || ' is not known'
            when not list_contains(getvariable('id_status_words'), id_status) then 'id_status ' || id_status || ' is not known'
            when not list_contains(getvariable('id_defect_words'), id_defect) then 'id_defect ' || id_defect || ' is not known'
            when status not between 100 and 599 then 'status ' || status || ' is none'
            when called_at < timestamptz '2000-01-01 00:00:00+00' then 'called_at is impossible'
            when not regexp_full_match(method, '[A-Z]{3,16}') then 'method is none'
            when least(duration_ms, request_bytes, response_bytes, query_length) < 0 then 'a size or duration is negative'
            when
                id_status = 'valid' and (
                    integration is distinct from partner || '_' || project or integration is distinct from integration_id
                )
                then 'integration and its parts differ'
            when id_status <> 'valid' and (partner is not null or project is not null or integration is not null)
                then 'attributed without a valid id'
            when
                (id_status = 'malformed') <> (id_defect is not null)
                or (id_status in ('missing', 'not_logged')) <> (integration_id is null)
                then 'id_status, id_defect and integration_id differ'
            when (own is distinct from coalesce(product = 'profit' and customer = cast(partner as varchar), false)) then 'own is wrong'
            when (outcome is distinct from outcome_of(status, duration_ms, query_length)) then 'outcome does not follow from status'
        end as defect
    from calls
)

select 'load ' || load_id || ', line ' || line_number || ': ' || defect
from judged
where defect is not null
order by 1;

-- check: rejects_keep_the_contract
select
    'load ' || load_id || ', line ' || line_number || ': '
    || case
        when reason is null or not list_contains(getvariable('reason_words'), reason) then 'its reason is not known'
        when called_at < timestamptz '2000-01-01 00:00:00+00' then 'called_at is impossible'
        when not regexp_full_match(integration, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') then 'integration is no valid id'
        when not regexp_full_match(customer, '[1-9][0-9]{3,6}|[a-z0-9-]+/[a-z0-9_-]+') then 'customer is none'
        when (customer is null) <> (environment is null) then 'of customer and environment one is missing'
        when not list_contains(getvariable('environment_words'), environment) then 'its environment is not known'
        else 'source, line_number or byte_offset is missing or negative'
    end
from rejects
where
    reason is null or not list_contains(getvariable('reason_words'), reason)
    or source is null or stream is null or coalesce(line_number, 0) < 1 or coalesce(byte_offset, -1) < 0
    or called_at < timestamptz '2000-01-01 00:00:00+00' or not regexp_full_match(integration, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}')
    or not regexp_full_match(customer, '[1-9][0-9]{3,6}|[a-z0-9-]+/[a-z0-9_-]+') or (customer is null) <> (environment is null)
    or not list_contains(getvariable('environment_words'), environment)
order by 1;

-- check: free_text_fits_its_pattern
-- Nothing may stand in a free text that would be redacted if it were read again. What comes back from call to call is judged once:
-- counted, because of what is only distinct the engine judges every call before it looks which are the same. A sample keeps known words and small numbers
-- only; its last word may have been cut off.
with sent_ids as (select integration_id, count(*) as calls from calls where id_status = 'malformed' group by all),

sent_agents as (select user_agent, count(*) as calls from calls group by all),

sent_connectors as (select connector, count(*) as calls from calls group by all),

sent_versions as (select api_version, count(*) as calls from calls group by all),

sent_endpoints as (select endpoint, count(*) as calls from calls group by all),

sent_customers as (select product, customer, count(*) as calls from calls group by all),

sent_fields as (select filter_fields, count(*) as calls from calls group by all),

ids as (
    from sent_ids
    where length(integration_id) > 64 or redacted_integration_id(integration_id) <> integration_id
),

agents as (
    from sent_agents
    where length(user_agent) > 256 or redacted_user_agent(user_agent) is distinct from user_agent
),

connectors as (
    from sent_connectors
    where redacted_name(connector) <> connector and not list_contains(getvariable('official_connectors'), connector)
),

versions as (
    from sent_versions
    where redacted_version(api_version) is distinct from api_version
),

endpoints as (
    from sent_endpoints
    where not regexp_full_match(endpoint, '[A-Za-z0-9_./@,-]*') or len(list_filter(
        string_split_regex(endpoint, '[/@,]+'),
        lambda name: name <> '' and not is_element(name) and redacted_name(name) <> name
    )) > 0
),

customers as (
    from sent_customers
    where
        not regexp_full_match(customer, '[1-9][0-9]{3,6}|[a-z0-9-]+/[a-z0-9_-]+')
        or product = 'sb' and len(list_filter(string_split(customer, '/'), lambda name: redacted_word(name) <> name)) > 0
),

fields as (
    from sent_fields
    where len(list_filter(
        filter_fields,
        lambda name: not regexp_full_match(name, '[A-Za-z_][A-Za-z0-9_]{0,63}') or redacted_name(name) <> name
    )) > 0
),

judged as (
    select load_id, line_number, 'integration_id' as place
    from calls
    semi join ids using (integration_id)
    where id_status = 'malformed'
    union all
    select load_id, line_number, 'user_agent' from calls semi join agents using (user_agent)
    union all
    select load_id, line_number, 'connector' from calls semi join connectors using (connector)
    union all
    select load_id, line_number, 'api_version' from calls semi join versions using (api_version)
    union all
    select load_id, line_number, 'endpoint' from calls semi join endpoints using (endpoint)
    union all
    select load_id, line_number, 'customer' from calls semi join customers using (product, customer)
    union all
    select load_id, line_number, 'filter_fields' from calls semi join fields using (filter_fields)
    union all
    select load_id, line_number, 'request_id' from calls where redacted_request_id(request_id) is distinct from request_id
    union all
    select load_id, line_number, 'body_integration_id'
    from calls
    where not regexp_full_match(body_integration_id, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}')
    union all
    select
        load_id,
        line_number,
        case
            when
                length(sample) > 200
                or len(list_filter(
                    regexp_extract_all(case when length(sample) = 200 then regexp_replace(sample, '[A-Za-z]+$', '') else sample end, '[A-Za-z]+'),
                    lambda word: not list_contains(getvariable('sample_words'), lower(word))
                )) > 0
                -- an address of a machine; a citizen service number, with or without what stands between its digits
                or regexp_matches(sample, '(^|[^0-9.])[0-9]{1,3}(\.[0-9]{1,3}){3}($|[^0-9.])|[0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){4,7}([^0-9A-Fa-f]|$)')
                or regexp_matches(sample, '(^|[^0-9])([0-9]{3}[.-][0-9]{3}[.-][0-9]{3}|[0-9]{4}[.-][0-9]{2}[.-][0-9]{3})($|[^0-9])')
                or regexp_matches(regexp_replace(sample, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}', '', 'g'), '[0-9]{9}')
                then 'sample'
            when length(detail) > 500 or regexp_matches(detail, 'PHRva2Vu|x0b2tlb|8dG9rZW4|[0-9]{9}|[A-Za-z0-9_.-]@[A-Za-z0-9]') then 'detail'
        end as place
    from rejects
)

select 'load ' || load_id || ', line ' || line_number || ': ' || place || ' does not fit its pattern'
from judged
where place is not null
order by 1;
