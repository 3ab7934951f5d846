-- title: Errors per day
-- unit: calls
-- grain: one row per party and day that the lake covers, also without errors
-- key: day, party
-- look_back: 0
-- meaning: How many calls failed, by who can fix them: the customer, the partner or the vendor.
with parties as (
    select 'customer' as party
    union all
    select 'partner' as party
    union all
    select 'vendor' as party
),

counted as (
    select
        day,
        party_of(outcome) as party,
        added_up(calls) as calls
    from daily_calls
    where is_error(status)
    group by day, party_of(outcome)
)

select
    days.day,
    parties.party,
    coalesce(counted.calls, 0) as calls
from days
cross join parties
left join counted on days.day = counted.day and parties.party = counted.party
order by days.day asc, parties.party asc
