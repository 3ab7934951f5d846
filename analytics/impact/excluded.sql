-- title: Integrations to leave out
-- unit: calls
-- grain: one row per id of $ids
-- key: id
-- look_back: 0
-- meaning: What is known of these ids. integration: the id that replaces an old id, otherwise the id itself. calls: the
-- calls of that integration, including those with the old id.
with asked as (
    select distinct unnest(cast($ids as varchar[])) as id
),

named as (
    select
        asked.id,
        coalesce(renames.integration, asked.id) as integration
    from asked
    left join lake.renames as renames on asked.id = concat(renames.old_partner, '_', renames.old_project)
),

counted as (
    select
        integration,
        added_up(calls) as calls
    from daily_calls
    where integration in (select integration from named)
    group by integration
)

select
    named.id,
    named.integration,
    integrations.integration is not null as is_registered,
    coalesce(counted.calls, 0) as calls
from named
left join integrations on named.integration = integrations.integration
left join counted on named.integration = counted.integration
order by named.id asc
