-- What speaks for each possible owner: one row per caller, prefix of what it calls, and integration; and one row each without an
-- integration: `nobody`, `aggregator`, and `unseen` (a known integration that nothing points at, which is no answer, but likely). Each column is a number from 0 (absent) to 1, but for `popularity`.
-- Reads: callers, called, candidates, likeness, links, used_agents, used_prefixes, shown_ids, named, identified.
-- Queries are united by name: each kind of answer has the columns that speak of it.
-- long: it puts all kinds of evidence side by side, and a step for each would say the same joins again.
with units as (
    select distinct
        caller,
        prefix
    from called
),

prefixed as (
    select
        units.caller,
        units.prefix,
        used_prefixes.integration,
        bool_or(used_prefixes.partners = 1) as is_telling,
        bool_or(used_prefixes.partners > 1) as is_shared
    from units
    inner join called on units.caller = called.caller and coalesce(units.prefix, called.prefix) = called.prefix
    inner join used_prefixes on called.prefix = used_prefixes.prefix
    group by units.caller, units.prefix, used_prefixes.integration
),

texts as (
    select distinct
        user_agent,
        integration
    from identified
    where user_agent is not null
),

liked as (
    select
        integration,
        ln(1 + count(*)) as popularity
    from links
    group by integration
),

reach as (
    select
        min(first_day) as first_day,
        max(last_day) as last_day
    from links
),

-- How much of what is called the best candidate does not call.
mixtures as (
    select
        units.caller,
        units.prefix,
        1 - coalesce(max(likeness.likeness), 0) as unlike
    from units
    left join likeness on units.caller = likeness.caller and units.prefix is not distinct from likeness.prefix
    group by units.caller, units.prefix
),

strange as (
    select
        called.caller,
        called.prefix
    from called
    left join used_prefixes on called.prefix = used_prefixes.prefix
    where called.prefix is not null and used_prefixes.prefix is null
    group by called.caller, called.prefix
)

select  -- noqa: AM07
    units.caller,
    units.prefix,
    'integration' as kind,
    coalesce(prefixed.is_telling, false) as is_prefix_telling,
    coalesce(prefixed.is_shared, false) as is_prefix_shared,
    not callers.is_anybodys and coalesce(used_agents.partners, 0) > 1 as is_agent_shared,
    candidates.integration,
    coalesce(shown_ids.id_share, 0) as id_shown,
    coalesce(shown_ids.partner_share, 0) as partner_shown,
    case when not callers.is_anybodys and used_agents.partners = 1 then 1.0 / used_agents.integrations else 0 end as telling_agent,
    cast(callers.is_anybodys and used_agents.integration is not null as integer) as same_library,
    cast(texts.integration is not null as integer) as same_version,
    coalesce(likeness.likeness, 0) as likeness,
    cast(likeness.likeness > 0.999 as integer) as all_connectors,
    cast(links.integration is not null as integer) as at_customer,
    coalesce(
        cast(
            date_diff('day', callers.first_day, links.last_day) between -10 and 3
            and links.last_day <= reach.last_day - 7
            or date_diff('day', callers.last_day, links.first_day) between -3 and 10
            and links.first_day >= reach.first_day + 7
            as integer
        ),
        0
    ) as took_over,
    cast(named.integration is not null as integer) as named,
    cast(coalesce(named.is_whole, false) as integer) as whole_name,
    coalesce(liked.popularity, 0) as popularity,
    0 as nobody,
    0 as nobody_anybodys,
    0 as nobody_strange,
    0 as aggregator,
    0 as aggregator_unlike,
    0 as aggregator_prefixes,
    0 as aggregator_prefixed,
    0 as unseen,
    0 as unseen_anybodys
from units
inner join callers on units.caller = callers.caller
inner join candidates on units.caller = candidates.caller
cross join reach
left join shown_ids on units.caller = shown_ids.caller and candidates.integration = shown_ids.integration
left join
    prefixed
    on
        units.caller = prefixed.caller
        and units.prefix is not distinct from prefixed.prefix
        and candidates.integration = prefixed.integration
left join used_agents on callers.agent = used_agents.agent and candidates.integration = used_agents.integration
left join texts on callers.user_agent = texts.user_agent and candidates.integration = texts.integration
left join likeness
    on
        units.caller = likeness.caller
        and units.prefix is not distinct from likeness.prefix
        and candidates.integration = likeness.integration
left join links on callers.customer = links.customer and candidates.integration = links.integration
left join named on units.caller = named.caller and candidates.integration = named.integration
left join liked on candidates.integration = liked.integration
union all by name
select
    units.caller,
    units.prefix,
    'nobody' as kind,
    1 as nobody,
    cast(callers.is_anybodys as integer) as nobody_anybodys,
    cast(strange.prefix is not null as integer) as nobody_strange
from units
inner join callers on units.caller = callers.caller
left join strange on units.caller = strange.caller and units.prefix = strange.prefix
union all by name
select
    units.caller,
    units.prefix,
    'aggregator' as kind,
    1 as aggregator,
    mixtures.unlike as aggregator_unlike,
    cast(callers.prefix_partners >= 2 as integer) as aggregator_prefixes,
    cast(units.prefix is not null as integer) as aggregator_prefixed
from units
inner join callers on units.caller = callers.caller
inner join mixtures on units.caller = mixtures.caller and units.prefix is not distinct from mixtures.prefix
where callers.is_aggregator
union all by name
select
    units.caller,
    units.prefix,
    'unseen' as kind,
    1 as unseen,
    cast(callers.is_anybodys as integer) as unseen_anybodys
from units
inner join callers on units.caller = callers.caller
