-- The calls of the integration $integration in the order in which each caller made them: one row each, with the call that
-- the caller made next. A caller is the integration at one customer, on one connector (without one, on one endpoint) in
-- one environment.
-- waits: microseconds from the end of the call until the next one begins. Below 0 that one was under way already, so it is
-- no reaction to the answer. A call without a duration ends when it begins.
-- run: the calls in a row with the same status. success_at: when this caller next succeeded.
-- Calls at the same instant are in the order of their log, as in practices/in_turn.
-- Reads: calls.
with placed as (
    select
        customer,
        environment,
        own,
        connector,
        coalesce(connector, endpoint) as called,
        lower(coalesce(connector, endpoint)) as part,
        called_at,
        status,
        load_id,
        line_number,
        micros_of(called_at) + coalesce(cast(duration_ms * 1000 as bigint), 0) as ends_at
    from calls
    where integration = $integration
),

followed as (
    select
        *,
        row_number() over turns as place,
        lag(status) over turns as status_before,
        lead(called_at) over turns as next_at
    from placed
    window turns as (
        partition by customer, environment, part order by called_at, load_id, line_number, status, ends_at
    )
)

select
    *,
    micros_of(next_at) - ends_at as waits,
    min(case when not is_error(status) then called_at end) over (
        partition by customer, environment, part order by place rows between current row and unbounded following
    ) as success_at,
    sum(case when status_before is not distinct from status then 0 else 1 end) over (
        partition by customer, environment, part order by place rows unbounded preceding
    ) as run
from followed
