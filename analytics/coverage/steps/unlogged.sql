-- Calls whose log could not have held the header, so that their integration is not known: one row per integration,
-- product and day on which one of its customers made such a call. A customer that never made a call with a valid id may
-- belong to any integration; the integration is then null.
-- A call is not lost if another log saw it with its header. A call of the same customer in another stream covers it, in
-- the same hour or the one before or after (two servers do not have the same clock).
-- A log that no longer carries any id could not have held the header either (muted).
-- Reads: calls_all, scope, customers_of, muted.
-- steps: coverage/customers_of, coverage/muted
with unlogged_hours as (
    select
        calls_all.customer,
        calls_all.product,
        calls_all.stream,
        hour_of(calls_all.called_at) as hour,
        calls_all.day
    from calls_all
    cross join scope
    left join muted on calls_all.stream = muted.stream and calls_all.day = muted.day
    where
        (calls_all.id_status = 'not_logged' or muted.day is not null)
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.product = coalesce(scope.product, calls_all.product)
        and (scope.until is null or calls_all.day < scope.until)
    group by calls_all.customer, calls_all.product, calls_all.stream, hour_of(calls_all.called_at), calls_all.day
),

logged_hours as (
    select distinct
        calls_all.customer,
        calls_all.stream,
        hour_of(calls_all.called_at) as hour
    from calls_all
    cross join scope
    left join muted on calls_all.stream = muted.stream and calls_all.day = muted.day
    where
        calls_all.id_status <> 'not_logged'
        and muted.day is null
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.customer in (select unlogged_hours.customer from unlogged_hours)
),

near_hours as (
    select
        customer,
        stream,
        hour + to_hours(cast(offsets.hours as integer)) as hour
    from logged_hours
    cross join (values (-1), (0), (1)) as offsets (hours)
),

unknown_days as (
    select distinct
        unlogged_hours.customer,
        unlogged_hours.product,
        unlogged_hours.day
    from unlogged_hours
    left join near_hours
        on
            unlogged_hours.customer = near_hours.customer
            and unlogged_hours.hour = near_hours.hour
            and unlogged_hours.stream <> near_hours.stream
    where near_hours.customer is null
)

select
    customers_of.integration,
    unknown_days.product,
    unknown_days.day
from unknown_days
inner join customers_of on unknown_days.customer = customers_of.customer
where customers_of.integration is not null and customers_of.is_customer
union
select
    null as integration,
    product,
    day
from unknown_days
where customer not in (select customers_of.customer from customers_of where customers_of.integration is not null)
