-- title: Usage rules
-- unit: calls
-- grain: one row per integration with a call and rule; integration null: not known, or not logged
-- key: integration, rule
-- look_back: 0
-- steps: practices/rules, practices/alike, practices/judged, practices/by_itself, practices/spelled,
-- practices/callers, practices/timed, practices/at_once, practices/in_turn, practices/by_rule
-- meaning: Which of the published rules of use each integration keeps. For unidentified calls, the user agents at one
-- customer are judged one by one. An integration that breaks no rule scores 100. Each broken rule takes points off: its
-- whole weight (high 20, medium 10, low 5) if a tenth of the judged calls or more break it, and a proportional part of
-- it if fewer do. One slow call in ten costs nothing. The score is rounded down, and never below 0.
-- judged: the calls that the rule applies to and that the log can tell about.
-- calls: those of them that break the rule.
-- share: their fraction; null if no call was judged.
-- state: kept, broken or not_judged.
-- customers: the customers at which the rule is broken; the partner's own environment does not count.
-- connector: the connector in most of the calls that break the rule. First_call and last_call say when the first and
-- the last of them were made.
-- take_all: a REST get with take=-1.
-- high_skip: a REST get with skip above 100,000.
-- unordered_paging: a get with skip or take, but without orderbyfieldids. Only gets that page are judged; take=-1 does
-- not page.
-- slow: a call longer than 1000 ms. Only calls with a duration are judged. The rule is broken if more than one in ten
-- is slow.
-- long_query: a query string of more than 2049 characters.
-- parallel: a call that begins while at least five others of the integration at the same customer are under way. If a
-- stream logs whole seconds, a call is surely under way only from a second after its time, so only long calls count
-- there.
-- supplied_connectors: a GetConnector whose name begins with Profit_. Only gets with a known connector are judged.
-- text_search: a filter of a call that contains, starts or ends (operatortypes or filterjson: 6 and 10 to 14). In the
-- definition of a GetConnector such filters block certification, and the auditor looks at the definition. No log shows
-- that: judged are the filters that REST gets send, so keeping this rule does not mean that the definition has none.
-- plain_token: a token that is not base64. Only calls whose token was seen are judged.
-- token_in_body: a token in the SOAP envelope. Only calls whose token was seen are judged.
-- hammering: each further refusal (401 or 403) after ten with the same status within a clock hour at one customer. Only
-- refused calls are judged.
-- dead_token: each further refusal after ten in a row at one customer. Only refused calls are judged.
-- ignored_unavailable: a call within ten seconds of the answer 503. Only calls that follow a 503 at that customer are
-- judged.
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
