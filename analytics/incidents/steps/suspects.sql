-- The days on which a node has errors enough to look at its hours: five or more of a class in two days. One row per node, class and
-- day of the period.
-- Reads: failed_nodes, scope.
-- steps: incidents/failed_nodes
with by_day as (
    select
        integration,
        customer,
        connector,
        class,
        day,
        sum(errors) as errors
    from failed_nodes
    group by integration, customer, connector, class, day
),

of_two_days as (
    select
        integration,
        customer,
        connector,
        class,
        day,
        sum(errors) over (
            partition by integration, customer, connector, class
            order by date_diff('day', date '1970-01-01', day) range between 1 preceding and current row
        ) as errors
    from by_day
)

select
    of_two_days.integration,
    of_two_days.customer,
    of_two_days.connector,
    of_two_days.class,
    of_two_days.day
from of_two_days
cross join scope
where of_two_days.errors >= 5 and (scope.since is null or of_two_days.day >= scope.since)
