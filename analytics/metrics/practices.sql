-- title: Usage rules
-- unit: calls
-- grain: one row per integration with a call and rule; integration null: it is not known, or was not logged
-- key: integration, rule
-- look_back: 0
-- steps: practices/rules, practices/by_itself, practices/timed, practices/at_once, practices/in_turn, practices/by_rule
-- meaning: Which of the published rules of use an integration keeps. `judged` calls are those that a rule is about
-- and the log can tell; `calls` of them break it, `share` is the part, null where none was judged; `state` says
-- what that means: kept, broken or not_judged. `customers` are those at whom it is broken, own calls excluded;
-- `connector` is the one it is broken with most, first_call and last_call are when.
-- The score of an integration is 100 when no rule is broken. A rule that is broken in a tenth of the calls it is
-- about, or in more, costs its whole weight (high 20, medium 10, low 5), in fewer its part; of slow calls one in
-- ten is for nothing. The score is rounded down, and never below 0.
-- take_all: a REST get with take=-1. high_skip: with skip above 100,000.
-- unordered_paging: skip or take without orderbyfieldids, among the gets that page (take=-1 does not).
-- slow: longer than 1000 ms, among calls with a duration; broken by more than one in ten. long_query: a query
-- string of more than 2049 characters.
-- parallel: a call that begins while five or more others of the integration at the same customer are under way. In
-- a stream that logs whole seconds a call surely runs from a second after its time, so there only long calls count.
-- supplied_connectors: a GetConnector whose name begins Profit_, among gets whose connector is known.
-- plain_token: a token that is not base64; token_in_body: in the SOAP envelope; among calls whose token was seen.
-- hammering: after ten refusals (401 or 403) of one status within a clock hour at one customer, every further one.
-- dead_token: after ten refusals in a row at one customer, every further one. Both are judged among the refused
-- calls.
-- ignored_unavailable: within ten seconds of the answer 503, among calls whose call before at that customer had it.
-- Unidentified calls of one customer are told apart by their user agent.
with scored as (
    select
        integration,
        sum(weight * least(1, 10 * greatest(0, coalesce(share, 0) - tolerated))) as penalty
    from by_rule
    group by integration
)

select
    by_rule.integration,
    integrations.name,
    cast(floor(greatest(0, 100 - scored.penalty + 0.000001)) as integer) as score,
    by_rule.rule,
    by_rule.severity,
    case
        when by_rule.judged_calls = 0 then 'not_judged'
        when by_rule.share > by_rule.tolerated then 'broken'
        else 'kept'
    end as state,
    by_rule.broken_calls as calls,
    by_rule.judged_calls as judged,
    by_rule.share,
    by_rule.customers,
    by_rule.connector,
    by_rule.first_call,
    by_rule.last_call,
    by_rule.advice
from by_rule
inner join scored on by_rule.integration is not distinct from scored.integration
left join integrations on by_rule.integration = integrations.integration
order by by_rule.broken_calls desc, by_rule.integration asc nulls last, by_rule.rule asc
