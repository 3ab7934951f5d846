-- The integrations that may have sent a line without an id: one row per integration, customer and stream.
-- Reads: sent_lines, cut_off, customers_of, streams_of.
with connected as (
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
    from sent_lines
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
)

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
