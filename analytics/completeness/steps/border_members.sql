-- The pairs, or customers, that are looked for beyond a border, at most 200, with their calls in the stream itself: one
-- row per border and pair.
-- Reads: border_windows, pair_hours, keyed_hours.
with having_pairs as (
    select
        border_windows.border,
        pair_hours.who,
        pair_hours.integration
    from border_windows
    inner join pair_hours
        on border_windows.stream = pair_hours.stream and pair_hours.hour between border_windows.own_from and border_windows.own_to
    group by border_windows.border, pair_hours.who, pair_hours.integration
),

chosen as (
    select
        *,
        max(case when integration is null then 1 else 0 end) over (partition by border, who) = 1 as has_unknown,
        dense_rank() over (partition by border order by md5(who), who) as place
    from having_pairs
)

select
    chosen.border,
    chosen.who,
    chosen.integration,
    chosen.integration is null or not chosen.has_unknown as has_volume,
    added_up_if(keyed_hours.hour between border_windows.own_from and border_windows.own_to, keyed_hours.calls)
        as own_calls,
    added_up_if(keyed_hours.hour between border_windows.other_from and border_windows.other_to, keyed_hours.calls)
        as other_calls
from chosen
inner join border_windows on chosen.border = border_windows.border
inner join keyed_hours
    on
        border_windows.stream = keyed_hours.stream
        and chosen.who = keyed_hours.who
        and coalesce(chosen.integration, '') = coalesce(keyed_hours.integration, '')
where chosen.place <= 200
group by chosen.border, chosen.who, chosen.integration, chosen.has_unknown
