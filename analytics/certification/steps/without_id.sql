-- The groups of calls in the window whose id does not show whose they are, with the digits of the value that was sent. Those of a
-- mistyped id need no other clue, so they are told by their customer alone.
-- Reads: id_groups, mistyped, last_day.
with of_mistyped as (
    select
        customer_days.integration,
        customer_days.customer,
        sum(customer_days.calls) filter (where customer_days.day > last_day.day - $window) as calls,
        max(customer_days.last_call) as last_call
    from customer_days
    cross join last_day
    where customer_days.id_status = 'valid' and customer_days.integration in (select mistyped.sent from mistyped)
    group by customer_days.integration, customer_days.customer
),

groups as (
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
        last_call
    from id_groups
    where id_status in ('missing', 'malformed')
    union all
    select
        integration,
        'valid' as id_status,
        null as id_defect,
        integration as sent,
        null as body_integration_id,
        customer,
        null as agent,
        null as prefix,
        calls,
        last_call
    from of_mistyped
)

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
    parted_digits(sent) as parted,
    digits_of(sent) as digits
from groups
where calls > 0
