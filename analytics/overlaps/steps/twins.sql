-- Calls of two loads that are the same call: one row per pair.
-- Reads: alone.
select
    least(one.stream, another.stream) as stream,
    greatest(one.stream, another.stream) as other_stream,
    one.day,
    case when one.stream <= another.stream then one.number else another.number end as number,
    case when one.stream <= another.stream then another.number else one.number end as other_number
from alone as one
inner join alone as another
    on
        one.minute = another.minute
        and one.environment = another.environment
        and one.customer = another.customer
        and one.method = another.method
        and one.endpoint = another.endpoint
        and one.status = another.status
        and one.query_length = another.query_length
        and one.skip = another.skip
        and one.take = another.take
        and one.load_id < another.load_id
where
    abs(date_diff('millisecond', one.called_at, another.called_at)) <= 2000
    and coalesce(one.integration_id = another.integration_id, true)
