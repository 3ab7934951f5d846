-- The life of each stream, and the hour until which its silence is judged. A stream that goes on is judged until the
-- logs end. A stream that the operator has declared to be over is judged until the end of that day. A stream whose
-- customers are in other streams is judged until they were. A stream that has just stopped is judged until the logs
-- end, however long that is: a gap does not end by growing old.
-- A declaration holds as long as no call follows it.
with last_hours as (
    select
        stream_ends.stream,
        max(calendar.hour) as hour
    from lake.stream_ends as stream_ends
    inner join calendar on stream_ends.ended_on = calendar.day
    group by stream_ends.stream
)

select
    lives.stream,
    lives.first_hour,
    lives.last_hour,
    lives.lake_begin,
    lives.lake_hour,
    declared.ended_on as declared_on,
    coalesce(declared.ended_on < lives.last_day, false) as declaration_is_void,
    case
        when lives.last_hour = lives.lake_hour then 'goes_on'
        when declared.ended_on >= lives.last_day then 'declared'
        when handed_over.moved_at is not null then 'handed_over'
        else 'stopped'
    end as ended,
    case
        when lives.last_hour = lives.lake_hour then lives.lake_hour
        when declared.ended_on >= lives.last_day then least(last_hours.hour, lives.lake_hour)
        else coalesce(handed_over.moved_at, lives.lake_hour)
    end as end_hour,
    continued.moved_at is not null as continues
from lives
left join lake.stream_ends as declared on lives.stream = declared.stream
left join last_hours on lives.stream = last_hours.stream
left join borders as handed_over on lives.stream = handed_over.stream and handed_over.kind = 'end'
left join borders as continued on lives.stream = continued.stream and continued.kind = 'begin'
where lives.first_hour is not null
