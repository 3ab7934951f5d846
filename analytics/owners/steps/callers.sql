-- Who calls without a valid id: one row per customer and user agent. `is_anybodys`: its program is a library or a tool that any
-- vendor may use, or is not named. `is_aggregator`: its program carries ids of several partners, or reads connectors of several.
-- Reads: id_groups, anybodys, identified, telling_prefixes.
with aggregators as (
    select agent
    from identified
    group by agent
    having count(distinct partner) >= 2 and count(distinct integration) >= 3
    union
    select id_groups.agent
    from id_groups
    inner join telling_prefixes on id_groups.prefix = telling_prefixes.prefix
    where id_groups.id_status in ('missing', 'malformed')
    group by id_groups.agent
    having count(distinct telling_prefixes.partner) >= 2
),

grouped as (
    select
        id_groups.customer,
        id_groups.user_agent,
        id_groups.agent,
        sum(id_groups.calls) as calls,
        min(id_groups.first_day) as first_day,
        max(id_groups.last_day) as last_day,
        count(distinct telling_prefixes.partner) as prefix_partners
    from id_groups
    left join telling_prefixes on id_groups.prefix = telling_prefixes.prefix
    where id_groups.id_status in ('missing', 'malformed')
    group by id_groups.customer, id_groups.user_agent, id_groups.agent
)

select
    row_number() over (order by customer, user_agent) as caller,
    *,
    agent is null or agent in (select anybodys.agent from anybodys) as is_anybodys,
    agent is not null
    and agent not in (select anybodys.agent from anybodys)
    and agent in (select aggregators.agent from aggregators where aggregators.agent is not null) as is_aggregator
from grouped
