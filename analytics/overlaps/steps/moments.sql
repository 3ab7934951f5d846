-- The calls of whose kind and minute another load has one, too: one row per kind, stream, millisecond and IntegrationId.
-- Copies of one call in a thousand loads of a stream are one row, with their number: so no step after this one costs more
-- for more copies.
-- Reads: alone.
with kinds as (
    select
        -- In a total order, so that the numbers are the same wherever the engine evaluates this step.
        row_number() over (
            order by minute, environment, customer, method, endpoint, status, query_length, skip, take
        ) as kind,
        minute,
        environment,
        customer,
        method,
        endpoint,
        status,
        query_length,
        skip,
        take
    from alone
    group by minute, environment, customer, method, endpoint, status, query_length, skip, take
    having min(load_id) <> max(load_id)
)

select
    kinds.kind,
    alone.day,
    alone.stream,
    epoch_ms(alone.called_at) as moment,
    alone.integration_id,
    count(*) as calls,
    min(alone.load_id) as first_load,
    max(alone.load_id) as last_load
from alone
inner join kinds
    on
        alone.minute = kinds.minute
        and alone.environment = kinds.environment
        and alone.customer = kinds.customer
        and alone.method = kinds.method
        and alone.endpoint = kinds.endpoint
        and alone.status = kinds.status
        and alone.query_length = kinds.query_length
        and alone.skip = kinds.skip
        and alone.take = kinds.take
group by kinds.kind, alone.day, alone.stream, epoch_ms(alone.called_at), alone.integration_id
