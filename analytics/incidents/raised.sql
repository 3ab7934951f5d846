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

rated as (
    select
        added_up.integration,
        added_up.customer,
        added_up.connector,
        added_up.class,
        added_up.hour,
        added_up.errors_of,
        added_up.calls_of,
        usual_rates.rate,
        usual_rates.spread
    from added_up
    inner join usual_rates
        on
            added_up.integration = usual_rates.integration
            and added_up.customer = usual_rates.customer
            and added_up.connector = usual_rates.connector
            and added_up.class = usual_rates.class
            and added_up.day = usual_rates.day
    where added_up.errors > 0 and added_up.errors_of[5] >= 3
),

tested as (
    select
        rated.* exclude (errors_of, calls_of),
        windows.hours,
        cast(rated.errors_of[windows.place] as bigint) as errors,
        cast(rated.calls_of[windows.place] as bigint) as calls
    from rated
    cross join (values (1, 1), (2, 2), (3, 4), (4, 8), (5, 24)) as windows (place, hours)
    where rated.calls_of[windows.place] >= 5 and rated.errors_of[windows.place] >= 3
),

counted as (
    select
        integration <> '' as has_integration,
        customer <> '' as has_customer,
        connector <> '' as has_connector,
        count(*) as tests
    from tested
    group by all
),

scored as (
    select
        *,
        (
            errors * ln(errors / calls / rate)
            + case when errors < calls then (calls - errors) * ln((1.0 - errors / calls) / (1 - rate)) else 0 end
        ) / spread as score
    from tested
    where errors > calls * rate
)

select
    scored.integration,
    scored.customer,
    scored.connector,
    scored.class,
    scored.hour,
    scored.hours,
    scored.calls,
    scored.errors,
    scored.rate,
    scored.spread,
    scored.score,
    counted.tests
from scored
inner join counted
    on
        (scored.integration <> '') = counted.has_integration
        and (scored.customer <> '') = counted.has_customer
        and (scored.connector <> '') = counted.has_connector
-- the logarithm of 10,000: nothing below it is ever surprising enough (budget.py)
where scored.score >= 9.2
qualify
    scored.score = max(scored.score) over (
        partition by scored.integration, scored.customer, scored.connector, scored.class, scored.hour
    )
order by
    scored.hour asc,
    scored.score desc,
    scored.integration asc,
    scored.customer asc,
    scored.connector asc,
    scored.class asc
