-- title: Errors in a row of one integration
-- unit: errors
-- grain: one row per run of the same error (401, 403, 500, 503) that a caller of the integration $integration got; the 20
-- longest, and of equally long ones those with the fastest repeat
-- key: customer, environment, connector, since, status
-- look_back: 0
-- steps: review/turns, review/runs
-- meaning: Examples to look up in a log: who got which error from when on, how fast it called again, and when it next
-- succeeded (null: it did not, in this period). handling.sql says what counts.
with ranked as (
    select
        *,
        row_number() over (
            order by
                errors desc, within_10s desc, fastest_ms asc nulls last, since asc, customer asc, environment asc, part asc,
                status asc
        ) as place
    from runs
)

select
    ranked.status,
    ranked.customer,
    customers.name,
    ranked.environment,
    ranked.own,
    coalesce(connectors.connector, ranked.called) as connector,
    ranked.since,
    ranked.last_error,
    ranked.errors,
    ranked.repeats,
    ranked.within_1s,
    ranked.within_10s,
    ranked.within_60s,
    ranked.fastest_ms,
    ranked.success_at,
    ranked.seconds_to_success
from ranked
left join customers on ranked.customer = customers.customer
left join connectors on lower(ranked.connector) = connectors.folded
where ranked.place <= 20
order by ranked.place asc
