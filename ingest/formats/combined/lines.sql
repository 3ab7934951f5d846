-- The values of a layout; the last step picks the fields from `split`. A pattern with many groups is slow, so a line without
-- escapes is cut at its quotation marks, and only what stands between quoted values needs a pattern, a short one, or none where
-- it is always the same. Every other line is matched whole.
with parts as (
    select
        line_number,
        byte_offset,
        line,
        fate,
        case when $can_be_cut then string_split(line, '"') end as part
    from lines
),
segments as (
    select line_number, byte_offset, line, fate, part$segments
    from parts
),
cut as (
    select *, coalesce(len(part) = $count and not starts_with(line, '#')$is_quick, false) as is_quick
    from segments
),
judged as (
    select
        * exclude (fate),
        case
            when fate is null and not is_quick and (is_comment(line) or regexp_full_match(line, '\s*')) then 'ignored'
            else fate
        end as fate
    from cut
),
matched as (
    select
        *,
        case when fate is null and not is_quick then regexp_extract(line, getvariable('layout'), ['whole', $groups]) end as whole
    from judged
),
split as (
    select
        line_number,
        byte_offset,
        case when fate is null and whole.whole = '' then 'not_a_record' else fate end as fate,
        case when fate is null and whole.whole = '' then 'does not match the layout' end as detail,
        $values
    from matched
)
