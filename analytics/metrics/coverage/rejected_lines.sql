-- Rejected lines that carry a valid id: one row per integration and day; the day is null where nothing tells when it was. A line
-- whose time cannot be read is of the day of the last call of its load. nameless: those of which the URL or host could not be
-- read, so that nobody knows the customer.
-- Reads: rejects, loads, lake.renames, scope.
select
    coalesce(renames.integration, rejects.integration) as integration,
    cast(timezone(scope.time_zone, coalesce(rejects.called_at, loads.last_call)) as date) as day,
    count(*) as lines,
    count(*) filter (where rejects.reason in ('unknown_host', 'no_customer', 'bad_url')) as nameless
from rejects
cross join scope
left join loads on rejects.load_id = loads.load_id
left join lake.renames as renames on rejects.integration = concat(renames.old_partner, '_', renames.old_project)
where rejects.integration is not null
group by
    coalesce(renames.integration, rejects.integration),
    cast(timezone(scope.time_zone, coalesce(rejects.called_at, loads.last_call)) as date)
