-- title: Hours with far more errors than usual
-- unit: calls
-- grain: one row per node of the tree, class of errors and hour in which the errors of the last hours are surprising
-- key: integration, customer, connector, class, hour
-- look_back: 57
-- steps: incidents/suspects, incidents/wanted, incidents/made_nodes, incidents/usual_rates
-- long: five windows, each of which is named.
-- meaning: Of the windows of 1, 2, 4, 8 and 24 hours that end with the hour, the one that says most. `score` is the logarithm of
-- how much better its errors fit their own rate than the usual one, divided by `spread`. `tests` says how many hours of nodes
-- of the same kind were looked at, and decides together with the number of integrations how surprising is surprising enough.
with classes as (
    select distinct
        integration,
        customer,
        connector,
        class
    from suspects
),

hours as (
    select
        classes.class,
        made_nodes.*
    from classes
    inner join made_nodes
        on
            classes.integration = made_nodes.integration
            and classes.customer = made_nodes.customer
            and classes.connector = made_nodes.connector
),

by_hour as (
    select
        hours.*,
        coalesce(failed_nodes.errors, 0) as errors
    from hours
    left join failed_nodes
        on
            hours.integration = failed_nodes.integration
            and hours.customer = failed_nodes.customer
            and hours.connector = failed_nodes.connector
            and hours.class = failed_nodes.class
            and hours.hour = failed_nodes.hour
),

added_up as (
    select
        *,
        [
            sum(errors) over hours_1, sum(errors) over hours_2, sum(errors) over hours_4, sum(errors) over hours_8,
            sum(errors) over hours_24
        ] as errors_of,
        [
            sum(calls) over hours_1, sum(calls) over hours_2, sum(calls) over hours_4, sum(calls) over hours_8,
            sum(calls) over hours_24
        ] as calls_of
    from by_hour
    window
        hours_1 as (partition by integration, customer, connector, class order by hour range current row),
        hours_2 as (
            partition by integration, customer, connector, class order by hour range between 3600 preceding and current row
        ),
        hours_4 as (
            partition by integration, customer, connector, class order by hour range between 10800 preceding and current row
        ),
        hours_8 as (
            partition by integration, customer, connector, class order by hour range between 25200 preceding and current row
        ),
        hours_24 as (
            partition by integration, customer, connector, class order by hour range between 82800 preceding and current row
        )
),

tested as (
    select
        added_up.integration,
        added_up.customer,
        added_up.connector,
        added_up.class,
        added_up.day,
        added_up.hour,
        windows.hours,
        cast(added_up.errors_of[windows.place] as bigint) as errors,
        cast(added_up.calls_of[windows.place] as bigint) as calls,
        usual_rates.rate,
        usual_rates.spread
    from added_up
    cross join (values (1, 1), (2, 2), (3, 4), (4, 8), (5, 24)) as windows (place, hours)
    inner join usual_rates
        on
            added_up.integration = usual_rates.integration
            and added_up.customer = usual_rates.customer
            and added_up.connector = usual_rates.connector
            and added_up.class = usual_rates.class
            and added_up.day = usual_rates.day
    where added_up.errors > 0
),

scored as (
    select
        *,
        (
            errors * ln(errors / calls / rate)
            + case when errors < calls then (calls - errors) * ln((1.0 - errors / calls) / (1 - rate)) else 0 end
        ) / spread as score,
        count(*) over (partition by integration <> '', customer <> '', connector <> '') as tests
    from tested
    where calls >= 5 and errors >= 3
)

select
    integration,
    customer,
    connector,
    class,
    hour,
    hours,
    calls,
    errors,
    rate,
    spread,
    score,
    tests
from scored
-- the logarithm of 10,000: nothing below it is ever surprising enough (budget.py)
where score >= 9.2 and errors > calls * rate
qualify score = max(score) over (partition by integration, customer, connector, class, hour)
order by hour asc, score desc, integration asc, customer asc, connector asc, class asc
