-- Rejected lines that carry a valid id: one row per integration, customer and day. The customer is null where the line leaves it
-- in doubt; those of other environments than asked for, and the partner's own, are left out. The day is null where nothing tells when
-- it was; a line whose time cannot be read is of the day of the last call of its load. nameless: those without a customer of which
-- the URL or host could not be read; the others without one are damaged.
-- Reads: rejects, loads, lake.renames, lake.former_numbers, scope.
with sent as (
    select
        coalesce(renames.integration, rejects.integration) as integration,
        split_part(rejects.integration, '_', 1) as sent_partner,
        coalesce(cast(renames.partner as varchar), split_part(rejects.integration, '_', 1)) as partner,
        rejects.customer,
        rejects.reason,
        cast(timezone(scope.time_zone, coalesce(rejects.called_at, loads.last_call)) as date) as day
    from rejects
    cross join scope
    left join loads on rejects.load_id = loads.load_id
    left join lake.renames as renames on rejects.integration = concat(renames.old_partner, '_', renames.old_project)
    where
        rejects.integration is not null
        and (rejects.customer is null or scope.environment = 'all' or rejects.environment = scope.environment)
)

select
    sent.integration,
    sent.customer,
    sent.day,
    count(*) as lines,
    count(*) filter (where sent.customer is null and sent.reason in ('unknown_host', 'no_customer', 'bad_url')) as nameless
from sent
left join lake.former_numbers as former_numbers
    on sent.partner = cast(former_numbers.partner as varchar) and sent.customer = former_numbers.customer
where
    sent.customer is null
    or (sent.customer not in (sent.partner, sent.sent_partner) and former_numbers.customer is null)
group by sent.integration, sent.customer, sent.day
