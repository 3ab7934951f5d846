-- The usual error rate of each node on each day, and how much more its errors vary than those of a coin: one row per node, class and
-- day. A node with few calls is close to what it is a part of: a pair to its integration, anything else to the platform.
-- Reads: weighed_days.
-- steps: incidents/weighed_days
with summed as (
    select
        *,
        sum(weight * errors) over eight_weeks as errors_before,
        sum(weight * calls) over eight_weeks as calls_before,
        sum(weight * weight * spread) over eight_weeks as spread_before,
        sum(weight) over eight_weeks as days_before
    from weighed_days
    window
        eight_weeks as (
            partition by integration, customer, connector, class
            order by date_diff('day', date '1970-01-01', day) range between 57 preceding and 2 preceding
        )
),

-- nothing before the first days
before as (
    select
        * replace (
            coalesce(errors_before, 0) as errors_before,
            coalesce(calls_before, 0) as calls_before,
            coalesce(spread_before, 0) as spread_before,
            coalesce(days_before, 0) as days_before
        )
    from summed
),

-- How much errors of a kind of nodes vary in general: what is taken for a node of which little is known.
in_general as (
    select
        class,
        integration <> '' as has_integration,
        customer <> '' as has_customer,
        connector <> '' as has_connector,
        greatest(1.0, sum(weight * weight * spread) / sum(weight)) as spread
    from weighed_days
    group by all
),

of_platform as (
    select
        class,
        day,
        days_before,
        (errors_before + 0.2) / (calls_before + 20) as rate
    from before
    where integration = '' and customer = '' and connector = ''
),

of_integrations as (
    select
        before.integration,
        before.class,
        before.day,
        (before.errors_before + 20 * of_platform.rate) / (before.calls_before + 20) as rate
    from before
    inner join of_platform on before.class = of_platform.class and before.day = of_platform.day
    where before.integration <> '' and before.customer = '' and before.connector = ''
)

select
    before.integration,
    before.customer,
    before.connector,
    before.class,
    before.day,
    (
        before.errors_before
        + 20 * case
            when before.customer = '' and before.connector = '' then of_platform.rate
            else coalesce(of_integrations.rate, of_platform.rate)
        end
    )
    / (before.calls_before + 20) as rate,
    greatest(1.0, (before.spread_before + 10 * in_general.spread) / (before.days_before + 10)) as spread
from before
inner join in_general
    on
        before.class = in_general.class
        and (before.integration <> '') = in_general.has_integration
        and (before.customer <> '') = in_general.has_customer
        and (before.connector <> '') = in_general.has_connector
inner join of_platform
    on before.class = of_platform.class and before.day = of_platform.day and of_platform.days_before >= 5
left join of_integrations
    on
        before.integration = of_integrations.integration
        and before.class = of_integrations.class
        and before.day = of_integrations.day
