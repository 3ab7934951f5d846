-- How each integration keeps each rule: one row per integration with a call and rule.
-- Reads: rules, by_itself, at_once, in_turn.
with judged as (
    select * from by_itself
    union all
    select * from at_once
    union all
    select * from in_turn
),

totals as (
    select
        rule,
        integration,
        cast(sum(calls) as bigint) as judged_calls,
        cast(coalesce(sum(calls) filter (where is_broken), 0) as bigint) as broken_calls,
        count(distinct customer) filter (where is_broken and not own) as customers,
        min(first_call) filter (where is_broken) as first_call,
        max(last_call) filter (where is_broken) as last_call
    from judged
    group by rule, integration
),

by_connector as (
    select
        rule,
        integration,
        connector,
        row_number() over (partition by rule, integration order by sum(calls) desc, connector asc) as place
    from judged
    where is_broken and connector is not null
    group by rule, integration, connector
),

callers as (
    select distinct integration
    from calls
)

select
    callers.integration,
    rules.rule,
    rules.severity,
    rules.weight,
    rules.tolerated,
    rules.advice,
    coalesce(totals.broken_calls, 0) as broken_calls,
    coalesce(totals.judged_calls, 0) as judged_calls,
    cast(totals.broken_calls as double) / nullif(totals.judged_calls, 0) as share,
    coalesce(totals.customers, 0) as customers,
    by_connector.connector,
    totals.first_call,
    totals.last_call
from callers
cross join rules
left join totals
    on rules.rule = totals.rule and callers.integration is not distinct from totals.integration
left join by_connector
    on
        rules.rule = by_connector.rule
        and callers.integration is not distinct from by_connector.integration
        and by_connector.place = 1
