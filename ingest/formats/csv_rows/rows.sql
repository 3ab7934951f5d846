-- The values of the lines below one header, by position; the last step picks the fields from `split`. A record is a line: a
-- quote that is not closed on its line spoils this line alone.
with trimmed as (
    select line_number, byte_offset, fate, line_text(line) as text
    from section
),
-- In most lines each value is without quotes, or quoted as a whole with neither quotes nor delimiters in it: without its quotes
-- such a line can be cut at the delimiter. Blanks around a value are no part of it, as they are none of a column's name.
judged as (
    select
        *,
        not contains(text, getvariable('quote')) as is_unquoted,
        is_unquoted or regexp_full_match(text, getvariable('csv_plain_row')) as is_quick,
        contains(text, getvariable('blank_behind'))
        or contains(text, getvariable('blank_before'))
        or starts_with(text, ' ')
        or ends_with(text, ' ')
        or $has_tabs as has_blanks
    from trimmed
),
parts as (
    select
        line_number,
        byte_offset,
        case
            when fate is not null then fate
            when regexp_full_match(text, '\s*') or line_number in (from headers) then 'ignored'
            when starts_with(text, '#') then case when is_comment(text) then 'ignored' else 'not_a_record' end
            when not is_quick and not regexp_full_match(getvariable('delimiter') || text, getvariable('csv_row'))
                then 'not_a_record'
        end as fate,
        has_blanks,
        case
            when is_quick then string_split(
                case when is_unquoted then text else replace(text, getvariable('quote'), '') end, getvariable('delimiter')
            )
            else list_transform(
                regexp_extract_all(getvariable('delimiter') || text, getvariable('csv_value'), 1),
                lambda part: case
                    when starts_with(part, getvariable('quote')) or starts_with(part, '=' || getvariable('quote'))
                        then kept_text(quoted_value(part, getvariable('quote')), getvariable('quote'))
                    else part
                end
            )
        end as values,
        text
    from judged
),
cut as (
    select
        * exclude (values, has_blanks, text),
        case when fate = 'not_a_record' then quote_defect(text) end as defect,
        case when has_blanks then list_transform(values, lambda part: trim(part, e' \t')) else values end as part,
        -- a delimiter behind the last value begins no value
        case
            when len(part) = getvariable('width') then false
            else len(part) <> getvariable('width') + 1 or part[getvariable('width') + 1] <> ''
        end as is_uneven
    from parts
),
split as (
    select
        line_number,
        byte_offset,
        case when fate is null and is_uneven then 'not_a_record' when fate is null and $differs is not null then 'duplicate_key' else fate end
            as fate,
        case
            when fate = 'not_a_record' then defect
            when fate is null and is_uneven
                then len(part) || ' values where the header names ' || getvariable('width') || ' columns'
            when fate is null then 'the column ' || $differs || ' stands in the header twice, with different values here'
        end as detail,
        null as object,
        part
    from cut
)
