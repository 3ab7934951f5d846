-- The values of the lines of one section, by position; the last step picks the fields from `split`.
-- Most lines are values with one blank between them. Others are cut at their tabs where that gives the right number, or at any
-- white space that does not stand in quotes (a doubled quote is one). A quote inside a value is a character like any other.
with line_texts as (
    select line_number, byte_offset, fate, line_text(line) as text
    from section
),
trimmed as (
    select * replace (case when ends_with(text, ' ') or ends_with(text, e'\t') then rtrim(text, e' \t') else text end as text)
    from line_texts
),
parts as (
    select
        line_number,
        byte_offset,
        case
            when fate is not null then fate
            when text = '' then 'ignored'
            when starts_with(text, '#') then case when is_comment(text) then 'ignored' else 'not_a_record' end
            when getvariable('width') = 0 then 'no_fields_directive'
        end as fate,
        case
            when
                not contains(text, '  ')
                and not contains(text, e'\t')
                and (getvariable('quotes') = '' or not contains(text, '"'))
                and (getvariable('quotes') <> '"''' or not contains(text, ''''))
                then string_split(text, ' ')
            when len(string_split(text, e'\t')) = getvariable('width')
                then list_transform(string_split(text, e'\t'), lambda value: without_quotes(value, getvariable('quotes')))
            else list_transform(
                regexp_extract_all(text, getvariable('value_pattern'), 1),
                lambda value: without_quotes(value, getvariable('quotes'))
            )
        end as part,
        text
    from trimmed
),
-- A user name may hold blanks, which nobody escapes; see user_names.py.
mended as (
    select line_number, byte_offset, fate, $mended as part
    from parts
),
split as (
    select
        line_number,
        byte_offset,
        case
            when fate is null and len(part) <> getvariable('width') then 'not_a_record'
            when fate is null and $differs is not null then 'duplicate_key'
            else fate
        end as fate,
        case
            when fate = 'no_fields_directive' then 'no #Fields line stands before it'
            when fate is null and len(part) <> getvariable('width')
                then len(part) || ' values where #Fields names ' || getvariable('width')
            when fate is null then 'the field ' || $differs || ' stands in #Fields twice, with different values here'
        end as detail,
        part
    from mended
)
