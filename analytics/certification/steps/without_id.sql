-- The groups of calls in the window whose id does not show whose they are, with the digits of the value that was sent.
-- Reads: id_groups, mistyped.
select
    integration,
    id_status,
    id_defect,
    sent,
    body_integration_id,
    customer,
    agent,
    prefix,
    calls,
    last_call,
    regexp_extract(sent, '^0*([1-9][0-9]*)_0*([1-9][0-9]*)([^0-9].*)?$', 1)
    || regexp_extract(sent, '^0*([1-9][0-9]*)_0*([1-9][0-9]*)([^0-9].*)?$', 2) as parted,
    regexp_replace(sent, '[^0-9]', '', 'g') as digits
from id_groups
where calls > 0 and (id_status in ('missing', 'malformed') or integration in (select mistyped.sent from mistyped))
