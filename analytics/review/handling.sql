-- title: What one integration does after an error
-- unit: errors
-- grain: one row per caller of the integration $integration and status it got (401, 403, 500, 503), and one per status for
-- all callers (customer null). A caller is the integration at one customer on one connector, or endpoint, in one
-- environment
-- key: status, customer, environment, connector
-- look_back: 0
-- steps: review/turns, review/runs
-- meaning: Whether it backs off, hammers and recovers. errors: answers with this status. repeats: how often the caller
-- called again after one of them, and within_1s, within_10s, within_60s how often within that time of its end. A call
-- that was under way already is no repeat. runs: errors with this status in a row. longest_run: the most of them in one.
-- recovered: the runs after which the caller succeeded again; open: those after which it called again and never did,
-- without those that began on the last day of the period. seconds_to_success: from the first error of a run to that success, the median.
with counted as (
    select
        status,
        customer,
        environment,
        own,
        part,
        case when grouping(customer) = 0 then min(lower(connector)) end as folded,
        case when grouping(customer) = 0 then min(called) end as called,
        grouping(customer) = 1 as is_total,
        cast(sum(errors) as bigint) as errors,
        cast(sum(repeats) as bigint) as repeats,
        cast(sum(within_1s) as bigint) as within_1s,
        cast(sum(within_10s) as bigint) as within_10s,
        cast(sum(within_60s) as bigint) as within_60s,
        count(*) as runs,
        max(errors) as longest_run,
        count(*) filter (where success_at is not null) as recovered,
        count(*) filter (where is_open) as "open",
        percentile(seconds_to_success, 0.5) as seconds_to_success,
        max(seconds_to_success) as longest_seconds,
        count(distinct customer) as customers,
        min(since) as first_error,
        max(last_error) as last_error
    from runs
    group by grouping sets ((status), (status, customer, environment, own, part))
)

select
    counted.status,
    counted.customer,
    customers.name,
    counted.environment,
    counted.own,
    coalesce(connectors.connector, counted.called) as connector,
    counted.errors,
    counted.repeats,
    counted.within_1s,
    counted.within_10s,
    counted.within_60s,
    counted.runs,
    counted.longest_run,
    counted.recovered,
    counted."open",
    counted.seconds_to_success,
    counted.longest_seconds,
    counted.customers,
    counted.first_error,
    counted.last_error
from counted
left join customers on counted.customer = customers.customer
left join connectors on counted.folded = connectors.folded
order by
    counted.is_total desc, counted.errors desc, counted.status asc, counted.customer asc, counted.environment asc,
    counted.part asc
