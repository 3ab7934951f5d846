-- title: Probable owners of calls without an id
-- unit: calls
-- grain: one row per customer, user agent and connector; only calls whose IntegrationId is missing or malformed
-- key: customer, user_agent, connector
-- look_back: 0
-- steps: owners/id_groups, certification/mistyped, certification/identified, certification/anybodys,
-- certification/telling_prefixes, certification/known_ids, certification/known_digits, owners/links, owners/callers,
-- owners/called, owners/shown_ids, owners/used_prefixes, owners/used_agents, owners/names, owners/named,
-- owners/candidates, owners/likeness, owners/evidence, owners/weights, owners/scored, owners/judged
-- meaning: Who is probably behind the rows of `unidentified_calls`. It is never certain, and no other figure counts it:
-- these calls stay unidentified everywhere else. The evidence comes from everything that may be seen, on all days and in
-- all environments, whatever the scope: digits of an id in what was sent or in the envelope, the prefix of connectors,
-- the program and its version, names in the registry, the set of connectors, and the rhythm of the customer (an
-- integration whose ids stop there when these calls begin, or the other way round).
-- integration: the likeliest one. Null if the likeliest answer is that nobody is known, or an aggregator: one program
-- for many products, behind which no single one shows.
-- confidence: the probability of this answer, at most 0.99, as measured on traffic whose ids were hidden. Below 0.5,
-- another answer is likelier than this one.
-- why: the evidence that was found.
-- `certification` attributes calls by single clues that nearly never lie, and counts what is missing. This metric weighs
-- all clues, says how sure it is, and answers for every row. Both read the same rules for digits, prefixes and programs.
with asked as (
    select
        unnamed_customer as customer,
        user_agent,
        lower(connector) as folded,
        prefix_of(lower(connector)) as prefix,
        cast(sum(calls) as bigint) as calls
    from daily_senders
    where id_status in ('missing', 'malformed')
    group by customer, user_agent, folded, prefix
)

select
    asked.customer,
    asked.user_agent,
    connectors.connector,
    asked.calls,
    judged.integration,
    judged.confidence,
    judged.why
from asked
left join connectors on asked.folded = connectors.folded
inner join callers on asked.customer = callers.customer and asked.user_agent is not distinct from callers.user_agent
inner join judged on callers.caller = judged.caller and asked.prefix is not distinct from judged.prefix
order by
    asked.calls desc, asked.customer asc, asked.user_agent asc nulls last, connectors.connector asc nulls last
