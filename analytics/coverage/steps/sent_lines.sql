-- The rejected lines that carry an id, or that name a customer and may have carried one: one row each.
-- Reads: rejects, loads, lake.renames, scope.
select
    rejects.integration is not null as carries_id,
    coalesce(starts_with(rejects.integration, concat(rejects.customer, '_')), false) as is_own,
    coalesce(renames.integration, rejects.integration) as integration,
    rejects.customer,
    rejects.stream,
    rejects.reason,
    cast(timezone(scope.time_zone, coalesce(rejects.called_at, loads.last_call)) as date) as day
from rejects
cross join scope
left join loads on rejects.load_id = loads.load_id
left join lake.renames as renames on rejects.integration = concat(renames.old_partner, '_', renames.old_project)
where
    (rejects.customer is null or scope.environment = 'all' or rejects.environment = scope.environment)
    and (
        rejects.integration is not null
        or (rejects.customer is not null and rejects.reason in ('not_a_record', 'too_deep', 'line_too_long'))
    )
