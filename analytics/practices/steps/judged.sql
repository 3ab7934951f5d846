-- How many calls each rule is judged by, whether they break it or not: one row per integration with a call and rule.
-- The rule about calls after a 503 is not among them: only the order of the calls tells which ones it is about (in_turn).
-- Reads: alike.
with counted as (
    select
        integration,
        sum(calls) filter (where take_all is not null) as take_all,
        sum(calls) filter (where high_skip is not null) as high_skip,
        sum(calls) filter (where unordered_paging is not null) as unordered_paging,
        sum(calls) filter (where slow is not null) as slow,
        sum(calls) filter (where long_query is not null) as long_query,
        sum(calls) filter (where supplied_connectors is not null) as supplied_connectors,
        sum(calls) filter (where text_search is not null) as text_search,
        sum(calls) filter (where plain_token is not null) as plain_token,
        sum(calls) filter (where token_in_body is not null) as token_in_body,
        sum(timed) as parallel,
        sum(refused) as hammering,
        sum(refused) as dead_token
    from alike
    group by integration
)

select
    integration,
    rule,
    cast(calls as bigint) as calls
from counted unpivot include nulls (
    calls for rule in (
        take_all, high_skip, unordered_paging, slow, long_query, supplied_connectors, text_search, plain_token,
        token_in_body, parallel, hammering, dead_token
    )
)
