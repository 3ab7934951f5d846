-- The last call with which a customer used an integration: one row per integration that had a customer. It was made on the last of
-- the days in last_days, so no other days are read.
-- Reads: last_days.
with last_used as (
    select
        integration,
        max(last_active_day) as day
    from last_days
    group by integration
)

select
    used.integration,
    max(used.last_served) as last_customer_call
from customer_days_before as used
inner join last_used on used.integration = last_used.integration and used.day = last_used.day
where used.id_status = 'valid' and not used.own
group by used.integration
