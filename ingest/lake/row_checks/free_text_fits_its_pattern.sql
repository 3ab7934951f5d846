-- Nothing may stand in a free text that would be redacted if it were read again. What comes back from call to call is judged once:
-- counted, because of what is only distinct the engine judges every call before it looks which are the same. A sample keeps known words and small numbers
-- only; its last word may have been cut off.
-- long: one check, in which the columns are judged side by side.
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
order by 1
