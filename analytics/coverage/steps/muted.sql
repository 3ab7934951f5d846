-- Days on which a log no longer carries any id, though several partners sent theirs before: one row per stream and day.
-- Two partners do not stop on the same day. More likely, a proxy began to strip the header, or the log began to blank
-- it. Such a gap lasts at least seven days without a valid id, and holds calls of customers of at least two partners,
-- as this log knew them. If different malformed ids arrive, the header is still logged; one text in all calls is a
-- mask.
-- Reads: daily_calls_all, customer_months_all, daily_senders_all.
with sent_days as (
    select
        stream,
        day,
        bool_or(id_status = 'valid') as has_ids
    from daily_calls_all
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

-- The customers of the logs in question, as far as they are known to be a partner's.
connected as (
    select distinct
        stream,
        customer,
        partner
    from customer_months_all
    where id_status = 'valid' and not own and stream in (select gaps.stream from gaps)
),

partners_within as (
    select
        gaps.stream,
        gaps.first_day,
        count(distinct connected.partner) as partners
    from gaps
    inner join customer_months_all as called
        on gaps.stream = called.stream and days_within(called.month, called.days, gaps.first_day, gaps.last_day + 1) <> 0
    inner join connected on called.stream = connected.stream and called.customer = connected.customer
    group by gaps.stream, gaps.first_day
),

ids_within as (
    select
        gaps.stream,
        gaps.first_day,
        count(distinct coalesce(sent.malformed_id, '')) as ids
    from gaps
    inner join daily_senders_all as sent on gaps.stream = sent.stream and sent.day between gaps.first_day and gaps.last_day
    where sent.id_status = 'malformed'
    group by gaps.stream, gaps.first_day
),

muted_gaps as (
    select
        gaps.stream,
        gaps.first_day,
        gaps.last_day
    from gaps
    inner join partners_within on gaps.stream = partners_within.stream and gaps.first_day = partners_within.first_day
    left join ids_within on gaps.stream = ids_within.stream and gaps.first_day = ids_within.first_day
    where partners_within.partners >= 2 and coalesce(ids_within.ids, 0) <= 1
)

select distinct
    by_day.stream,
    by_day.day
from by_day
inner join muted_gaps on by_day.stream = muted_gaps.stream and by_day.day between muted_gaps.first_day and muted_gaps.last_day
