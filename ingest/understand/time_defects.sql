-- What is wrong with the times that cannot be read, by line number. Asked where there are any: to plan this question takes longer than
-- to plan all others about rejects together.
with unread as (
    select
        raw.line_number,
        raw.time_text,
        raw.time_format,
        redacted_sample(left(raw.time_text, 60)) as shown
    from understood
    inner join raw using (line_number)
    where understood.fate = 'bad_time' and raw.called_at is null and raw.time_text is not null
)

select line_number, time_defect(time_text, time_format, shown) as defect
from unread
