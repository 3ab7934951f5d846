-- The values of the lines of one section, by position; the last step picks the fields from `split`.
with trimmed as (
    select line_number, byte_offset, fate, regexp_replace(line, '[ \t]*\r?\n?$', '') as text
    from section
),
parts as (
    select
        line_number,
        byte_offset,
        case
            when fate is not null then fate
            when text = '' or starts_with(text, '#') then 'ignored'
            when getvariable('width') = 0 then 'no_fields_directive'
        end as fate,
        case
            when contains(text, e'\t') then string_split(text, e'\t')
            when contains(text, '  ') then string_split_regex(text, ' +')
            else string_split(text, ' ')
        end as part
    from trimmed
),
split as (
    select
        line_number,
        byte_offset,
        case when fate is null and len(part) <> getvariable('width') then 'not_a_record' else fate end as fate,
        case
            when fate = 'no_fields_directive' then 'no #Fields line stands before it'
            when fate is null and len(part) <> getvariable('width')
                then len(part) || ' values where #Fields names ' || getvariable('width')
        end as detail,
        list_transform(part, lambda value: nullif(value, '-')) as part
    from parts
)
