-- The integrations that may be behind a caller: one row per caller and integration. A program that
-- anybody may use gives none by itself, nor does a prefix of more than three partners.
-- Reads: callers, called, links, used_agents, used_prefixes, shown_ids, named.
select
    callers.caller,
    links.integration
from callers
inner join links on callers.customer = links.customer
union
select
    callers.caller,
    used_agents.integration
from callers
inner join used_agents on callers.agent = used_agents.agent
where not callers.is_anybodys and (used_agents.partners <= 3 or callers.is_aggregator)
union
select
    called.caller,
    used_prefixes.integration
from called
inner join used_prefixes on called.prefix = used_prefixes.prefix and used_prefixes.partners <= 3
union
select
    shown_ids.caller,
    shown_ids.integration
from shown_ids
union
select
    named.caller,
    named.integration
from named
