-- The rejected lines that were meant for the platform, with their day and hour if they have a time.
-- Reads: rejects, calendar.
select
    rejects.stream,
    rejects.load_id,
    calendar.day,
    hour_of(rejects.called_at) as hour
from rejects
left join calendar on hour_of(rejects.called_at) = calendar.hour
where rejects.reason <> 'unknown_host' or rejects.integration is not null
