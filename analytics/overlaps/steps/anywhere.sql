-- Of days with crowded streams: the calls that any other load has as well. One row per stream and day.
-- Reads: moments, crowds.
with everywhere as (
    select
        kind,
        moment,
        integration_id,
        min(first_load) as first_load,
        max(last_load) as last_load
    from moments
    where day in (select crowds.day from crowds where crowds.is_crowded)
    group by kind, moment, integration_id
),

near as (
    select
        kind,
        moment,
        integration_id,
        case
            when integration_id is null then min(first_load) over nearby
            else least(min(first_load) over alike, min(first_load) filter (where integration_id is null) over nearby)
        end as earliest,
        case
            when integration_id is null then max(last_load) over nearby
            else greatest(max(last_load) over alike, max(last_load) filter (where integration_id is null) over nearby)
        end as latest
    from everywhere
    window
        nearby as (partition by kind order by moment range between 2000 preceding and 2000 following),
        alike as (
            partition by kind, integration_id order by moment range between 2000 preceding and 2000 following
        )
)

select
    moments.stream,
    moments.day,
    cast(sum(moments.calls) as bigint) as copies
from moments
inner join near
    on
        moments.kind = near.kind
        and moments.moment = near.moment
        and moments.integration_id is not distinct from near.integration_id
where near.earliest <> near.latest
group by moments.stream, moments.day
