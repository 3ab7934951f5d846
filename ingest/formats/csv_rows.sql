-- The values of the lines below one header, by position; the last step picks the fields from `split`. A record is a line: a
-- quote that is not closed on its line spoils this line alone.
with trimmed as (
    select line_number, byte_offset, fate, without_line_end(split_part(line, e'\n', 1)) as text
    from section
),
-- In most lines each value is without quotes, or quoted as a whole with neither quotes nor delimiters in it: without its quotes
-- such a line can be cut at the delimiter.
judged as (
    select
        *,
        not contains(text, getvariable('quote')) as is_unquoted,
        is_unquoted or regexp_full_match(text, getvariable('csv_plain_row')) as is_quick
    from trimmed
),
parts as (
    select
        line_number,
        byte_offset,
        case
            when fate is not null then fate
            when regexp_full_match(text, '\s*') or starts_with(text, '#') or line_number in (from headers) then 'ignored'
            when not is_quick and not regexp_full_match(getvariable('delimiter') || text, getvariable('csv_row'))
                then 'not_a_record'
        end as fate,
        case
            when is_quick then string_split(
                case when is_unquoted then text else replace(text, getvariable('quote'), '') end, getvariable('delimiter')
            )
            else list_transform(
                regexp_extract_all(getvariable('delimiter') || text, getvariable('csv_value'), 1),
                lambda part: case
                    when starts_with(part, getvariable('quote')) then replace(
                        substr(part, 2, length(part) - 2), getvariable('quote') || getvariable('quote'), getvariable('quote')
                    )
                    else part
                end
            )
        end as part
    from judged
),
split as (
    select
        line_number,
        byte_offset,
        case when fate is null and len(part) <> getvariable('width') then 'not_a_record' else fate end as fate,
        case
            when fate = 'not_a_record' then 'a quote is not closed'
            when fate is null and len(part) <> getvariable('width')
                then len(part) || ' values where the header names ' || getvariable('width') || ' columns'
        end as detail,
        null as object,
        part
    from parts
)
