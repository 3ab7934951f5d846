-- What each call tells about the rules that concern it alone, whatever comes before or after it. True breaks the rule,
-- false keeps it. Null: the rule does not apply to the call, or the log cannot tell. One row per integration, customer, own,
-- connector and what their calls tell: the calls, those with a duration, and those that were refused (401, 403).
-- Reads: calls.
with told as (
    select
        calls.*,
        operation = 'get' and product = 'profit' as is_get,
        operation = 'get' and product = 'profit' and protocol = 'rest' as is_rest_get,
        coalesce(take, 0) = -1 as takes_all,
        skip is not null or take is not null as is_page,
        token_form not in ('not_logged', 'none') as has_token
    from calls
)

select
    integration,
    customer,
    own,
    connector,
    case when is_rest_get then takes_all end as take_all,
    case when is_rest_get then coalesce(skip, 0) > 100000 end as high_skip,
    case when is_rest_get and is_page and not takes_all then not coalesce(ordered, false) end as unordered_paging,
    duration_ms > 1000 as slow,
    case when protocol = 'rest' then query_length > 2049 end as long_query,
    case when is_get then is_supplied(connector) end as supplied_connectors,
    case when is_rest_get and len(operator_types) > 0 then is_text_search(operator_types) end as text_search,
    case when has_token then token_form = 'plain' end as plain_token,
    case when has_token and protocol = 'soap' then token_form = 'soap_body' end as token_in_body,
    count(*) as calls,
    count(duration_ms) as timed,
    count(*) filter (where status in (401, 403)) as refused,
    min(called_at) as first_call,
    max(called_at) as last_call
from told
group by all  -- by name, every rule would stand here a third time
