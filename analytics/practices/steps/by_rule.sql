-- How each integration keeps each rule: one row per integration with a call and rule.
-- Reads: rules, judged, by_itself, at_once, in_turn, spelled.
with broken as (
    select * from by_itself
    union all
    select * from at_once
    union all
    select * exclude (is_broken) from in_turn
    where is_broken
),

totals as (
    select
        rule,
        integration,
        cast(sum(calls) as bigint) as calls,
        count(distinct customer) filter (where not own) as customers,
        min(first_call) as first_call,
        max(last_call) as last_call
    from broken
    group by rule, integration
),

by_connector as (
    select
        broken.rule,
        broken.integration,
        spelled.connector,
        row_number() over (
            partition by broken.rule, broken.integration order by sum(broken.calls) desc, spelled.connector asc
        ) as place
    from broken
    inner join spelled on broken.connector = spelled.sent
    group by broken.rule, broken.integration, spelled.connector
),

judged_by as (
    select * from judged
    union all
    select
        integration,
        rule,
        sum(calls) as calls
    from in_turn
    where rule = 'ignored_unavailable'
    group by integration, rule
),

integrations_seen as (
    select distinct integration
    from judged
)

select
    integrations_seen.integration,
    rules.rule,
    rules.severity,
    rules.weight,
    rules.tolerated,
    rules.advice,
    coalesce(totals.calls, 0) as broken_calls,
    coalesce(cast(judged_by.calls as bigint), 0) as judged_calls,
    coalesce(totals.calls, 0) / cast(nullif(judged_by.calls, 0) as double) as share,
    coalesce(totals.customers, 0) as customers,
    by_connector.connector,
    totals.first_call,
    totals.last_call
from integrations_seen
cross join rules
left join judged_by
    on rules.rule = judged_by.rule and integrations_seen.integration is not distinct from judged_by.integration
left join totals
    on rules.rule = totals.rule and integrations_seen.integration is not distinct from totals.integration
left join by_connector
    on
        rules.rule = by_connector.rule
        and integrations_seen.integration is not distinct from by_connector.integration
        and by_connector.place = 1
