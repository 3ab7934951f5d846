-- title: Who else called while a pair was in trouble
-- unit: calls
-- grain: one row per other customer of the integration $integration, per other integration at the customer $customer, and
-- per other integration anywhere else (customer null)
-- key: beside, integration, customer
-- look_back: 0
-- meaning: Tells trouble of one pair from trouble of its integration, of its customer or of all. calls and errors were
-- made from the hour of $since until before $until, those _before in the 56 days before it. active_hours: hours with a
-- call in these 56 days. Own calls and calls without a valid id are left out.
with near as (
    select
        partner,
        integration,
        customer,
        hour,
        calls,
        errors,
        hour >= hour_of(cast($since as timestamptz)) as is_inside
    from customer_hours
    where
        integration is not null
        and not own
        and hour < cast($until as timestamptz)
        and hour >= cast($since as timestamptz) - to_days(56)
        and (integration <> $integration or customer <> $customer)
),

placed as (
    select
        case
            when integration = $integration then 'customer'
            when customer = $customer then 'integration'
            else 'elsewhere'
        end as beside,
        partner,
        integration,
        case when integration = $integration then customer end as customer,
        hour,
        calls,
        errors,
        is_inside
    from near
)

select
    beside,
    partner,
    integration,
    customer,
    added_up_if(is_inside, calls) as calls,
    added_up_if(is_inside, errors) as errors,
    added_up_if(not is_inside, calls) as calls_before,
    added_up_if(not is_inside, errors) as errors_before,
    count(distinct case when not is_inside then hour end) as active_hours,
    min(hour) as first_hour,
    max(hour) as last_hour
from placed
group by beside, partner, integration, customer
order by beside asc, errors desc, calls desc, integration asc, customer asc nulls last
