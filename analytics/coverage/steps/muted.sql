-- Days on which a log no longer carries any id, though several partners sent theirs before: one row per stream and day.
-- Two partners do not stop on the same day. More likely, a proxy began to strip the header, or the log began to blank
-- it. Such a gap lasts at least seven days without a valid id, and holds calls of customers of at least two partners,
-- as this log knew them. If different malformed ids arrive, the header is still logged; one text in all calls is a
-- mask.
-- Reads: lake.sent (the calls without looking up whose they are, which the days do not need), calls_all.
with sent_days as (
    select
        stream,
        day,
        bool_or(id_status = 'valid') as has_ids
    from lake.sent
    group by stream, day
),

-- All days as one list, and then as rows again. The engine takes the groups of unknown texts for as many as there are
-- calls, and would look up days among the calls, with a hash table of all calls. A list it takes for one row.
listed as (
    select unnest(list(sent_days)) as sent_day
    from sent_days
),

by_day as (
    select
        sent_day.stream,
        sent_day.day,
        sent_day.has_ids
    from listed
),

numbered as (
    select
        stream,
        day,
        has_ids,
        sum(case when has_ids then 1 else 0 end) over (partition by stream order by day) as place
    from by_day
),

gaps as (
    select
        stream,
        min(day) as first_day,
        max(day) as last_day
    from numbered
    where place > 0 and not has_ids
    group by stream, place
    having date_diff('day', min(day), max(day)) >= 6
),

connected as (
    select distinct
        stream,
        customer,
        partner
    from calls_all
    where id_status = 'valid' and not own and stream in (select gaps.stream from gaps)
),

muted_gaps as (
    select
        gaps.stream,
        gaps.first_day,
        gaps.last_day
    from gaps
    inner join calls_all on gaps.stream = calls_all.stream and calls_all.day between gaps.first_day and gaps.last_day
    left join connected on calls_all.stream = connected.stream and calls_all.customer = connected.customer
    group by gaps.stream, gaps.first_day, gaps.last_day
    having
        count(distinct connected.partner) >= 2
        and count(distinct case when calls_all.id_status = 'malformed' then coalesce(calls_all.integration_id, '') end) <= 1
)

select distinct
    by_day.stream,
    by_day.day
from by_day
inner join muted_gaps on by_day.stream = muted_gaps.stream and by_day.day between muted_gaps.first_day and muted_gaps.last_day
