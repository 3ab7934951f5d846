-- Rejected lines that may be calls of an integration: one row per integration, customer and day. They carry its id. Or they name a
-- customer and are so damaged that the id may be missing: then they may be of each integration that has this customer, and of
-- each in their log where nobody is known to call for it.
-- The customer is null where the line leaves it in doubt; those of other environments than asked for, and the partner's own, are left
-- out. The day is null where nothing tells when it was; a line whose time cannot be read is of the day of the last call of its load.
-- lines: those that carry the id. nameless: those without a customer of which the URL or host could not be read; the others without
-- one are damaged.
-- Reads: rejects, loads, lake.renames, lake.former_numbers, scope, customers_of, streams_of.
-- steps: coverage/customers_of, coverage/streams_of
with sent as (
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
),

connected as (
    select distinct
        integration,
        customer
    from customers_of
    where integration is not null and is_customer
),

told as (
    select distinct customer
    from customers_of
    where integration is not null
),

possible as (
    select
        integration,
        carries_id,
        customer,
        day,
        reason
    from sent
    where integration is not null and not is_own
    union all
    select
        connected.integration,
        false as carries_id,
        sent.customer,
        sent.day,
        sent.reason
    from sent
    inner join connected on sent.customer = connected.customer
    where sent.integration is null
    union all
    select
        streams_of.integration,
        false as carries_id,
        sent.customer,
        sent.day,
        sent.reason
    from sent
    inner join streams_of on sent.stream = streams_of.stream
    where sent.integration is null and sent.customer not in (select told.customer from told)
)

select
    possible.integration,
    possible.customer,
    possible.day,
    count(*) filter (where possible.carries_id) as lines,
    count(*) filter (
        where possible.customer is null and possible.reason in ('unknown_host', 'no_customer', 'bad_url')
    ) as nameless
from possible
left join lake.former_numbers as former_numbers
    on
        possible.customer = former_numbers.customer
        and starts_with(possible.integration, concat(former_numbers.partner, '_'))
where
    possible.customer is null
    or (not starts_with(possible.integration, concat(possible.customer, '_')) and former_numbers.customer is null)
group by possible.integration, possible.customer, possible.day
