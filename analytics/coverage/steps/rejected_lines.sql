-- Rejected lines that may be calls of an integration: one row per integration, customer and day. They carry its id. Or they name a
-- customer and are so damaged that the id may be missing: then they may be of each integration that has this customer in that log,
-- by calls or by other rejected lines; else of each that has it in another log; else, where nobody is known to call for it, of
-- each in that log. Such lines count in a month in which they are one in twenty of the customer's in that log or more.
-- The customer is null where the line leaves it in doubt; those of other environments than asked for, and the partner's own, are left
-- out. The day is null where nothing tells when it was; a line whose time cannot be read is of the day of the last call of its load.
-- lines: those that carry the id. nameless: those without a customer of which the URL or host could not be read; the others without
-- one are damaged.
-- Reads: rejects, loads, calls_all, lake.renames, lake.former_numbers, scope, customers_of, streams_of.
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

read_lines as (
    select
        calls_all.stream,
        calls_all.customer,
        date_trunc('month', calls_all.day) as month,
        count(*) as lines
    from calls_all
    cross join scope
    where
        calls_all.customer in (select sent.customer from sent where not sent.carries_id)
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.product = coalesce(scope.product, calls_all.product)
        and (scope.until is null or calls_all.day < scope.until)
    group by calls_all.stream, calls_all.customer, date_trunc('month', calls_all.day)
),

cut_off as (
    select
        sent.customer,
        sent.stream,
        sent.day,
        sent.reason,
        count(*) over (partition by sent.stream, sent.customer, date_trunc('month', sent.day)) as lines,
        coalesce(read_lines.lines, 0) as read_lines
    from sent
    left join read_lines
        on
            sent.stream = read_lines.stream
            and sent.customer = read_lines.customer
            and date_trunc('month', sent.day) = read_lines.month
    where not sent.carries_id
),

connected as (
    select
        integration,
        customer,
        stream
    from customers_of
    where integration is not null and is_customer
    union
    select
        integration,
        customer,
        stream
    from sent
    where carries_id and customer is not null
),

known_there as (
    select distinct
        customer,
        stream
    from connected
),

told as (
    select customer
    from customers_of
    where integration is not null
    union
    select customer
    from connected
),

whose as (
    select
        connected.integration,
        connected.customer,
        connected.stream
    from connected
    union
    select
        connected.integration,
        cut_off.customer,
        cut_off.stream
    from cut_off
    inner join connected on cut_off.customer = connected.customer
    left join known_there on cut_off.customer = known_there.customer and cut_off.stream = known_there.stream
    where known_there.customer is null
    union
    select
        streams_of.integration,
        cut_off.customer,
        cut_off.stream
    from cut_off
    inner join streams_of on cut_off.stream = streams_of.stream
    where cut_off.customer not in (select told.customer from told)
),

possible as (
    select
        integration,
        carries_id,
        customer,
        day,
        reason
    from sent
    where carries_id and not is_own
    union all
    select
        whose.integration,
        false as carries_id,
        cut_off.customer,
        cut_off.day,
        cut_off.reason
    from cut_off
    inner join whose on cut_off.customer = whose.customer and cut_off.stream = whose.stream
    where 20 * cut_off.lines >= cut_off.lines + cut_off.read_lines
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
