-- The calls that break a rule about calls after a refusal (401, 403), `hammering` and `dead_token`, and all calls after the
-- service was unavailable (503), whether they break `ignored_unavailable` or not. One row per rule, integration, customer,
-- own, connector and is_broken.
-- A caller breaks `dead_token` only if it was refused more than ten times. Of such callers, and of those that got a 503, only
-- the hours with one of these answers are read, and the next hour in which they called. No call of any other hour directly
-- follows such an answer. If one stands between two refusals, a call of an hour that is read stands between them too, so a
-- run of refusals breaks at the same place.
-- Calls at the same instant are in the order of their log. A viewer that may not know their place in it (load_id and
-- line_number are null) gets an order that is always the same.
-- Reads: callers, timed, spelled.
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
        on timed.caller = telling_hours.caller and hour_of(timed.called_at) = telling_hours.hour
    left join spelled on timed.connector = spelled.sent
    where telling_hours.is_wanted
    window turns as (
        partition by timed.caller
        order by timed.called_at, timed.load_id, timed.line_number, timed.status, spelled.connector, timed.until
    )
),

-- hammering counts the refusals with one status in a clock hour, whatever comes between them. dead_token counts those in a row.
judged as (
    select
        'hammering' as rule,
        timed.*,
        row_number() over (
            partition by timed.caller, timed.status, hour_of(timed.called_at)
            order by timed.called_at, timed.load_id, timed.line_number, spelled.connector, timed.until
        ) > 10 as is_broken
    from timed
    left join spelled on timed.connector = spelled.sent
    where timed.status in (401, 403)
    union all by name
    select
        'dead_token' as rule,
        following.*,
        row_number() over (
            partition by caller, others_before
            order by called_at, load_id, line_number, status, connector, until
        ) > 10 as is_broken
    from following
    where is_refused
    union all by name
    select
        'ignored_unavailable' as rule,
        following.*,
        waited between 0 and 10000000 as is_broken
    from following
    where status_before = 503
)

select
    judged.rule,
    judged.integration,
    callers.customer,
    judged.own,
    judged.connector,
    judged.is_broken,
    count(*) as calls,
    min(judged.called_at) as first_call,
    max(judged.called_at) as last_call
from judged
inner join callers on judged.caller = callers.caller
where judged.is_broken or judged.rule = 'ignored_unavailable'
group by judged.rule, judged.integration, callers.customer, judged.own, judged.connector, judged.is_broken
