-- Rejected lines that may be calls of an integration: one row per integration, customer and day. Such a line never
-- counts as a use. But somebody made a call, so a verdict must not take the line for silence.
-- A line belongs to an integration if it carries its id. A line that names a customer may be so damaged that the id is
-- missing. It may then belong to each integration that has this customer in the same log, by calls or by other rejected
-- lines; if there is none, to each that has it in another log; if no integration is known to call for the customer, to
-- each integration of the log. Such lines count only in a month in which they are at least one in twenty of the
-- customer's lines in that log.
-- The customer is null if the line leaves it in doubt. Lines of other environments than the scope's, and of the
-- partner's own, are left out. The day is null if nothing shows it. A line without a readable time counts on the day of
-- the last call of its load.
-- lines: those that carry the id. nameless: those without a customer because the URL or host could not be read; the
-- others without a customer are damaged.
-- Reads: rejects, loads, lake.renames, lake.former_numbers, scope, customers_of, streams_of.
-- steps: coverage/customers_of, coverage/streams_of, coverage/sent_lines, coverage/cut_off, coverage/may_be_of
with possible as (
    select
        integration,
        carries_id,
        customer,
        day,
        reason
    from sent_lines
    where carries_id and not is_own
    union all
    select
        may_be_of.integration,
        false as carries_id,
        cut_off.customer,
        cut_off.day,
        cut_off.reason
    from cut_off
    inner join may_be_of on cut_off.customer = may_be_of.customer and cut_off.stream = may_be_of.stream
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
