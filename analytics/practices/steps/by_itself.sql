-- The calls that break a rule by themselves, whatever comes before or after them. One row per rule, integration, customer,
-- own and connector, and more if such calls differ in other rules.
-- Reads: alike.
select
    rule,
    integration,
    customer,
    own,
    connector,
    calls,
    first_call,
    last_call
from alike unpivot (
    is_broken for rule in (
        take_all, high_skip, unordered_paging, slow, long_query, supplied_connectors, text_search, plain_token,
        token_in_body
    )
)
where is_broken
