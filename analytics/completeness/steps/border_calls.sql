-- The calls of these pairs in all streams: one row per border and pair. The query adds up how many calls a member had
-- until an hour, in all streams. The number between two hours is the difference.
-- Reads: border_windows, border_members, keyed_hours.
with points as (
    select
        who,
        integration,
        hour,
        cast(sum(calls) as bigint) as calls,
        null as border,
        null as slot,
        0 as sign
    from keyed_hours
    where who in (select who from border_members)
    group by who, integration, hour
    union all
    select
        border_members.who,
        border_members.integration,
        unnest([
            border_windows.own_from - interval 1 hour, border_windows.own_to, border_windows.other_from - interval 1 hour, border_windows.other_to
        ]) as hour,
        0 as calls,
        border_members.border,
        unnest(['own', 'own', 'other', 'other']) as slot,
        unnest([-1, 1, -1, 1]) as sign
    from border_members
    inner join border_windows on border_members.border = border_windows.border
),

summed as (
    select
        border,
        who,
        integration,
        slot,
        sign * sum(calls) over (partition by who, integration order by hour range unbounded preceding) as calls
    from points
)

select
    border,
    who,
    integration,
    sum(case when slot = 'own' then calls else 0 end) as own_calls,
    sum(case when slot = 'other' then calls else 0 end) as other_calls
from summed
where border is not null
group by border, who, integration
