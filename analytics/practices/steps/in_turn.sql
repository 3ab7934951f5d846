-- The rules about calls after a refusal (401, 403), `hammering` and `dead_token`, and about calls after the service was
-- unavailable (503), `ignored_unavailable`. One row per rule, integration, customer, own, connector and is_broken.
-- Only the hours in which a caller got one of these answers are read, and the next hour in which it called. No call of
-- any other hour directly follows such an answer. If one stands between two refusals, a call of an hour that is read
-- stands between them too, so a run of refusals breaks at the same place.
-- Calls at the same instant are in the order of their log. A viewer that may not know their place in it (load_id and
-- line_number are null) gets an order that is always the same.
-- Reads: timed.
-- steps: practices/telling_hours
with following as (
    select
        timed.*,
        timed.status in (401, 403) as is_refused,
        sum(case when timed.status in (401, 403) then 0 else 1 end) over (
            turns rows unbounded preceding
        ) as others_before,
        lag(timed.status) over turns as status_before,
        micros_of(timed.called_at) - lag(coalesce(timed.until, micros_of(timed.called_at))) over turns as waited
    from timed
    inner join telling_hours
        on
            timed.caller = telling_hours.caller
            and timed.customer = telling_hours.customer
            and timed.environment = telling_hours.environment
            and hour_of(timed.called_at) = telling_hours.hour
    where telling_hours.is_wanted
    window turns as (
        partition by timed.caller, timed.customer, timed.environment
        order by timed.called_at, timed.load_id, timed.line_number, timed.status, timed.connector, timed.until
    )
),

-- hammering counts the refusals with one status in a clock hour, whatever comes between them. dead_token counts those in a row.
refusals as (
    select
        *,
        row_number() over (
            partition by caller, customer, environment, status, hour_of(called_at)
            order by called_at, load_id, line_number, connector, until
        ) > 10 as hammering,
        row_number() over (
            partition by caller, customer, environment, others_before
            order by called_at, load_id, line_number, status, connector, until
        ) > 10 as dead_token
    from following
    where is_refused
),

judged as (
    select
        rule,
        integration,
        customer,
        own,
        connector,
        is_broken,
        called_at
    from refusals unpivot (is_broken for rule in (hammering, dead_token)) as by_rule
    union all
    select
        'ignored_unavailable' as rule,
        integration,
        customer,
        own,
        connector,
        waited between 0 and 10000000 as is_broken,
        called_at
    from following
    where status_before = 503
)

select
    rule,
    integration,
    customer,
    own,
    connector,
    is_broken,
    count(*) as calls,
    min(called_at) as first_call,
    max(called_at) as last_call
from judged
group by rule, integration, customer, own, connector, is_broken
