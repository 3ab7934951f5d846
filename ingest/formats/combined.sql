-- The values of a layout, one group each; the last step picks the fields from `split`. $groups is the list of
-- their names, $time the one without which no line matched.
with judged as (
    select
        line_number,
        byte_offset,
        case
            when fate is not null then fate
            when regexp_full_match(line, '\s*') or starts_with(line, '#') then 'ignored'
        end as fate,
        regexp_extract(line, '^' || getvariable('layout') || '$', [$groups]) as v
    from lines
),
split as (
    select
        line_number,
        byte_offset,
        case when fate is null and v.$time = '' then 'not_a_record' else fate end as fate,
        case when fate is null and v.$time = '' then 'does not match the layout' end as detail,
        v
    from judged
)
