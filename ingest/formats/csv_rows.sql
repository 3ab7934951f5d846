-- The values of the lines below one header, by position; the last step picks the fields from `split`. A record is a line: a
-- quote that is not closed on its line spoils this line alone.
with trimmed as (
    select line_number, byte_offset, fate, regexp_replace(line, '\r?\n?$', '') as text
    from section
),
-- Most lines can be cut at the delimiter: each piece is without quotes, or quoted as a whole. Only the others need a pattern.
cut as (
    select line_number, byte_offset, fate, text, string_split(text, getvariable('delimiter')) as piece
    from trimmed
),
quick as (
    select
        *,
        not contains(text, getvariable('quote'))
        or len(piece) = getvariable('width')
        and len(list_filter(
            piece,
            lambda value: contains(value, getvariable('quote')) and not regexp_full_match(value, getvariable('csv_quoted'))
        )) = 0
            as is_quick
    from cut
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
            when is_quick then case
                when contains(text, getvariable('quote')) then list_transform(
                    piece,
                    lambda value: case
                        when starts_with(value, getvariable('quote')) then substr(value, 2, length(value) - 2) else value
                    end
                )
                else piece
            end
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
    from quick
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
