-- title: Integrations that nobody tried on accept
-- unit: integrations
-- grain: one row per identified integration of Profit with a call in production and none in accept
-- key: integration
-- look_back: 0
-- meaning: Whose partners find out in production what a release breaks. Accept gets each release first. Somebody tried
-- an integration there if it made a call in accept in the period, other than a log-in. The metric reads accept and
-- production, whichever environment is asked for. SB has no accept environment. The example ids of the documentation are
-- nobody's. If no log of accept is loaded, every integration is listed, and that means nothing.
-- connectors, customers, calls and last_call say what it does in production in the period: what is at stake.
-- last_accept_call: its last call in accept before the end of the period, with any connector and of any customer; null
-- if the lake has none.
with counted as (
    select
        integration,
        min(partner) as partner,
        count(distinct lower(connector)) filter (where environment = 'production') as connectors,
        added_up_if(environment = 'production', calls) as calls,
        max(case when environment = 'production' then last_call end) as last_call,
        added_up_if(environment = 'accept' and not is_log_in(operation), calls) as tries
    from daily_calls_everywhere
    where id_status = 'valid' and product = 'profit'
    group by integration
),

served as (
    select
        integration,
        count(distinct customer) as customers
    from customer_months_everywhere
    where id_status = 'valid' and environment = 'production' and is_use(status, operation, own)
    group by integration
),

tried as (
    select
        daily_calls_all.integration,
        max(daily_calls_all.last_call) as last_accept_call
    from daily_calls_all
    cross join scope
    where
        daily_calls_all.id_status = 'valid'
        and daily_calls_all.environment = 'accept'
        and not is_log_in(daily_calls_all.operation)
        and daily_calls_all.day < scope.until
    group by daily_calls_all.integration
)

select
    counted.integration,
    counted.partner,
    integrations.name,
    counted.connectors,
    coalesce(served.customers, 0) as customers,
    counted.calls,
    counted.last_call,
    tried.last_accept_call
from counted
left join served on counted.integration = served.integration
left join tried on counted.integration = tried.integration
left join integrations on counted.integration = integrations.integration
where counted.calls > 0 and counted.tries = 0 and not is_example_id(counted.integration)
order by counted.calls desc, counted.integration asc
