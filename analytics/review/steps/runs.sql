-- The runs of errors: answers 401, 403, 500 or 503 that a caller got in a row, all with the same status. One row each.
-- repeats: how often the caller called again after one of them; within_1s, within_10s, within_60s: how often it did so
-- within that time. fastest_ms: the shortest of these waits.
-- is_open: the caller called again, and has not succeeded since. Null if nobody can tell: it never called again, or the run
-- began on the last day of the period.
-- Reads: turns, scope.
with counted as (
    select
        customer,
        environment,
        own,
        part,
        run,
        status,
        min(connector) as connector,
        min(called) as called,
        count(*) as errors,
        min(called_at) as since,
        max(called_at) as last_error,
        min(success_at) as success_at,
        count(waits) > 0 as has_called_again,
        count(*) filter (where waits >= 0) as repeats,
        count(*) filter (where waits between 0 and 1000000) as within_1s,
        count(*) filter (where waits between 0 and 10000000) as within_10s,
        count(*) filter (where waits between 0 and 60000000) as within_60s,
        min(waits) filter (where waits >= 0) / 1000.0 as fastest_ms
    from turns
    where status in (401, 403, 500, 503)
    group by customer, environment, own, part, run, status
)

select
    counted.* exclude (has_called_again),
    (micros_of(counted.success_at) - micros_of(counted.since)) / 1000000.0 as seconds_to_success,
    case
        when counted.success_at is not null then false
        when
            counted.has_called_again
            and counted.since < timezone(scope.time_zone, cast(scope.until - 1 as timestamp))
            then true
    end as is_open
from counted
cross join scope
