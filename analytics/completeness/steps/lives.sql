-- The hours in which each stream lives: from its first to its last, without the calls far away from all others. A line
-- that arrives 14 months late is one call; no log begins with it.
-- Days with calls belong together if fewer than seven silent days lie between them. The island with the most calls
-- lives. Each other island lives too, unless it holds fewer calls than the largest one has on its median day, and at
-- most a tenth of its calls: then it is stray. A log of one day a month has islands of similar size, and none of them
-- is stray.
-- Calls that are ahead are stray too, however near. A stream without other calls does not live: its hours are null.
-- steps: completeness/islands
with compared as (
    select
        *,
        row_number() over (partition by stream order by calls desc, island desc) = 1 as is_main,
        first_value(calls) over (partition by stream order by calls desc, island desc) as main_calls,
        first_value(median_day) over (partition by stream order by calls desc, island desc) as main_median_day
    from islands
),

living as (
    select
        stream,
        min(first_hour) as first_hour,
        max(last_hour) as last_hour,
        max(last_day) as last_day
    from compared
    where is_main or calls >= main_median_day or 10 * calls > main_calls
    group by stream
),

placed as (
    select
        living.*,
        islands.calls,
        islands.first_day as island_begin,
        islands.last_day as island_end,
        islands.last_hour < living.first_hour or islands.first_hour > living.last_hour as is_stray
    from living
    inner join islands on living.stream = islands.stream
),

strays as (
    select
        stream,
        calls,
        island_begin as first_day,
        island_end as last_day
    from placed
    where is_stray
    union all
    select
        heard.stream,
        sum(heard.calls) as calls,
        min(calendar.day) as first_day,
        max(calendar.day) as last_day
    from heard
    inner join calendar on heard.hour = calendar.hour
    where heard.is_ahead
    group by heard.stream
),

of_strays as (
    select
        stream,
        sum(calls) as calls,
        min(first_day) as first_day,
        max(last_day) as last_day
    from strays
    group by stream
),

totals as (
    select
        stream,
        sum(calls) as calls
    from heard
    group by stream
)

select
    totals.stream,
    living.first_hour,
    living.last_hour,
    living.last_day,
    min(living.first_hour) over () as lake_begin,
    max(living.last_hour) over () as lake_hour,
    cast(totals.calls as bigint) as calls,
    cast(coalesce(of_strays.calls, 0) as bigint) as stray_calls,
    of_strays.first_day as first_stray,
    of_strays.last_day as last_stray
from totals
left join living on totals.stream = living.stream
left join of_strays on totals.stream = of_strays.stream
