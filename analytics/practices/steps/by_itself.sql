-- The rules that concern a single call, whatever comes before or after it. True breaks the rule, false keeps it. A call
-- to which the rule does not apply, or that the log cannot tell about, has no row.
-- One row per rule, integration, customer, own, connector and is_broken, and more if such calls differ in other rules.
-- Reads: calls, spellings.
with told as (
    select
        calls.*,
        operation = 'get' and product = 'profit' as is_get,
        operation = 'get' and product = 'profit' and protocol = 'rest' as is_rest_get,
        coalesce(take, 0) = -1 as takes_all,
        skip is not null or take is not null as is_page,
        token_form not in ('not_logged', 'none') as has_token
    from calls
),

alike as (
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
        case when has_token then token_form = 'plain' end as plain_token,
        case when has_token and protocol = 'soap' then token_form = 'soap_body' end as token_in_body,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from told
    group by all  -- by name, every rule would stand here a third time
)

select
    by_rule.rule,
    by_rule.integration,
    by_rule.customer,
    by_rule.own,
    spellings.connector,
    by_rule.is_broken,
    by_rule.calls,
    by_rule.first_call,
    by_rule.last_call
from alike unpivot (
    is_broken for rule in (
        take_all, high_skip, unordered_paging, slow, long_query, supplied_connectors, plain_token, token_in_body
    )
) as by_rule
left join spellings on by_rule.connector = spellings.sent
