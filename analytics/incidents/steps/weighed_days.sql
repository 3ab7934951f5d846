-- How surprising the errors of each day are by the eight weeks before it, without the day before: one row per node, class and day.
-- `weight` is below 1 for a day with far more errors than expected (Farrington; Noufaily), so that a past incident does not raise
-- what is usual. `spread` is the square of the deviation, by that of a binomial.
-- Reads: usual_days.
-- steps: incidents/usual_days
with middle as (
    select
        integration,
        customer,
        connector,
        class,
        percentile(cast(errors as double) / calls, 0.5) as rate
    from usual_days
    group by integration, customer, connector, class
),

-- a day with far more errors than the middle one counts as one with some more: what is deviating is measured from what is usual
capped as (
    select
        usual_days.*,
        least(usual_days.errors, 5 + 3 * middle.rate * usual_days.calls) as capped
    from usual_days
    inner join middle
        on
            usual_days.integration = middle.integration
            and usual_days.customer = middle.customer
            and usual_days.connector = middle.connector
            and usual_days.class = middle.class
),

summed as (
    select
        *,
        sum(capped) over eight_weeks as errors_before,
        sum(calls) over eight_weeks as calls_before,
        count(*) over eight_weeks as days_before
    from capped
    window
        eight_weeks as (
            partition by integration, customer, connector, class
            order by date_diff('day', date '1970-01-01', day) range between 57 preceding and 2 preceding
        )
),

-- nothing before the first days
before as (
    select * replace (coalesce(errors_before, 0) as errors_before, coalesce(calls_before, 0) as calls_before)
    from summed
),

of_platform as (
    select
        class,
        day,
        (errors_before + 0.2) / (calls_before + 20) as rate
    from before
    where integration = '' and customer = '' and connector = ''
),

expected as (
    select
        before.*,
        (before.errors_before + 20 * of_platform.rate) / (before.calls_before + 20) as rate
    from before
    inner join of_platform on before.class = of_platform.class and before.day = of_platform.day
),

deviating as (
    select
        *,
        1.5 * (power(errors, 2 / 3.0) - power(calls * rate, 2 / 3.0)) / power(calls * rate, 1 / 6.0) as residual,
        -- in the first days nothing is known of a node, and what is taken for its rate says nothing of how it varies
        case when days_before >= 5 then power(errors - calls * rate, 2) / (calls * rate * (1 - rate)) else 1.0 end as spread
    from expected
)

select
    integration,
    customer,
    connector,
    class,
    day,
    calls,
    errors,
    spread,
    case when residual > 2.58 then power(2.58 / residual, 2) else 1.0 end as weight
from deviating
