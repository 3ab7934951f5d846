-- The borders at which other streams have the customers of a stream that ends or begins: it was renamed, or its traffic
-- was moved. One row per stream and border that holds. `moved_at` is the hour from which the others have the customers.
-- A silence is excused only if the customers are really seen elsewhere. Otherwise an integration whose calls were lost
-- would lose its certificate. So another product, other customers, another partner's calls for the same customers or a
-- fraction of the traffic do not excuse it.
-- The query compares pairs of an integration and a customer, by product and environment. Replaced ids count as in the
-- registry. If the stream does not show who calls (no id, or no valid one), it compares the customer alone.
-- Nine in ten of the pairs that the stream had in its last four weeks have to be seen in other streams in the next four
-- weeks, with at least two thirds of their calls per hour. Of more than 200 customers, any 200 are compared, because
-- the busiest ones would be those that had a busy week.
-- Servers that shared the load with a silent one do not excuse it either: at least half of its calls have to have come
-- to the others. The four weeks follow the stream's last hour, or begin with the first stream that begins on one of the
-- next four days on which any do, up to eight weeks later. For a stream that begins, the same holds in reverse, except
-- for the calls that came to the others.
-- A call of a customer counts once: for all calls of the customer if the stream has some whose integration is not
-- known, otherwise for its pair.
-- steps: completeness/border_windows, completeness/pair_hours, completeness/keyed_hours, completeness/border_members,
-- completeness/border_calls
with traffic as (
    select
        border_members.border,
        count(*) as pairs,
        count(*) filter (where border_calls.other_calls > border_members.other_calls) as pairs_seen,
        added_up_if(border_members.has_volume, border_calls.own_calls) as own_calls,
        added_up_if(border_members.has_volume, border_calls.own_calls - border_members.own_calls) as own_calls_elsewhere,
        added_up_if(border_members.has_volume, border_calls.other_calls - border_members.other_calls) as other_calls
    from border_members
    inner join border_calls
        on
            border_members.border = border_calls.border
            and border_members.who = border_calls.who
            and coalesce(border_members.integration, '') = coalesce(border_calls.integration, '')
    group by border_members.border
),

measured as (
    select
        border_windows.stream,
        border_windows.kind,
        border_windows.moved_at,
        traffic.*,
        date_diff('hour', border_windows.own_from, border_windows.own_to) + 1 as own_hours,
        date_diff('hour', border_windows.other_from, border_windows.other_to) + 1 as other_hours
    from border_windows
    inner join traffic on border_windows.border = traffic.border
)

select
    stream,
    kind,
    min(moved_at) as moved_at
from measured
where
    10 * pairs_seen >= 9 * pairs
    and 3 * other_calls * own_hours >= 2 * own_calls * other_hours
    and (
        kind = 'begin'
        or 2 * (other_calls * own_hours - own_calls_elsewhere * other_hours) >= (own_calls - own_calls_elsewhere) * other_hours
    )
group by stream, kind
