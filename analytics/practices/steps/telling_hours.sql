-- The hours that show the order of events: one row per caller and hour with a call, of the callers that were told that the
-- service is unavailable (503), or were refused (401, 403) more than ten times.
-- Reads: timed.
with answered as (
    select
        caller,
        count(*) filter (where status in (401, 403)) > 10 as is_refused
    from timed
    where status in (401, 403, 503)
    group by caller
    having is_refused or count(*) filter (where status = 503) > 0
),

hours as (
    select
        timed.caller,
        hour_of(timed.called_at) as hour,
        bool_or(timed.status = 503 or (timed.status in (401, 403) and answered.is_refused)) as is_telling
    from timed
    inner join answered on timed.caller = answered.caller
    group by timed.caller, hour_of(timed.called_at)
)

select
    caller,
    hour,
    is_telling or lag(is_telling, 1, false) over (partition by caller order by hour) as is_wanted
from hours
