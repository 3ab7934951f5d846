-- Calls whose log could not have held the header, so that their integration is not known: one row per integration,
-- product and day on which one of its customers made such a call. A customer that never made a call with a valid id may
-- belong to any integration; the integration is then null.
-- A call is not lost if another log saw it with its header. A call of the same customer in another stream covers it, in
-- the same hour or the one before or after (two servers do not have the same clock).
-- A log that no longer carries any id could not have held the header either (muted).
-- The days on which there are such calls are known first. Mostly there are none, and then no hour is read.
-- Reads: customer_hours_of_anybody, customer_hours_all, daily_calls_of_anybody, scope, customers_of, muted.
-- steps: coverage/customers_of, coverage/muted
with unlogged_streams as (
    select distinct
        stream,
        day
    from daily_calls_of_anybody
    where id_status = 'not_logged'
),

unlogged_hours as (
    select
        called.customer,
        called.product,
        called.stream,
        called.hour,
        called.day
    from customer_hours_of_anybody as called
    inner join
        unlogged_streams
        on called.stream = unlogged_streams.stream and called.day = unlogged_streams.day
    where called.id_status = 'not_logged'
    union
    select
        called.customer,
        called.product,
        called.stream,
        called.hour,
        called.day
    from customer_hours_of_anybody as called
    inner join muted on called.stream = muted.stream and called.day = muted.day
),

-- The environments and muted days are looked at after the calls have become hours: there are fewer of them.
heard_hours as (
    select distinct
        environment,
        customer,
        stream,
        hour,
        day
    from customer_hours_all
    where id_status <> 'not_logged' and customer in (select unlogged_hours.customer from unlogged_hours)
),

logged_hours as (
    select distinct
        heard_hours.customer,
        heard_hours.stream,
        heard_hours.hour
    from heard_hours
    inner join scope on scope.environment = 'all' or heard_hours.environment = scope.environment
    left join muted on heard_hours.stream = muted.stream and heard_hours.day = muted.day
    where muted.day is null
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
