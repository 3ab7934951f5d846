-- title: First successes
-- unit: calls
-- grain: one row per customer at which the integration $integration called in the period, except the partner's own
-- environment
-- key: customer
-- look_back: 0
-- meaning: What came before the first call that was of use: one that succeeded and was not a log-in. first_success is null
-- if there was none. errors_before: the calls before it that failed. status_before: the most frequent status of these,
-- and connector_before the connector in most of those with that status.
with firsts as (
    select
        calls.*,
        min(case when is_served(status, operation) then called_at end) over (partition by customer) as first_success
    from calls
    where integration = $integration and not own
),

failed as (
    select
        customer,
        status,
        lower(connector) as folded,
        count(*) as errors,
        sum(count(*)) over (partition by customer, status) as of_status
    from firsts
    where is_error(status) and (first_success is null or called_at <= first_success)
    group by customer, status, lower(connector)
),

ranked as (
    select
        *,
        sum(errors) over (partition by customer) as errors_before,
        row_number() over (
            partition by customer order by of_status desc, status asc, errors desc, folded asc nulls last
        ) as place
    from failed
),

reached as (
    select
        customer,
        min(called_at) as first_call,
        any_value(first_success) as first_success
    from firsts
    group by customer
)

select
    reached.customer,
    reached.first_call,
    reached.first_success,
    cast(coalesce(ranked.errors_before, 0) as bigint) as errors_before,
    ranked.status as status_before,
    connectors.connector as connector_before
from reached
left join ranked on reached.customer = ranked.customer and ranked.place = 1
left join connectors on ranked.folded = connectors.folded
order by reached.first_call asc, reached.customer asc
