-- Numbers that are not written as usual: what they are where that is sure, and null where it is not. One row for each value that
-- the first look has read otherwise or not at all.
--
-- 12,5   1.234,75   1.234.567   have a decimal comma, whatever stands around them; `comma_line` is the first line with one
-- 12.5   1,234.75   1,234,567   have a decimal point; `point_line` is the first line with one from there on
-- 1.024  1,024                  are anybody's guess by themselves. From comma_line up to point_line a comma is decimal and a point
--                               separates thousands. Before, 1.024 is the number that it is in every log, but no size.
with logged as (
    select * exclude (numbers), unnest(logged_numbers(numbers))
    from doubtful
),
texts as (
    select line_number, 'duration' as what, duration_name as name, trim(duration) as text, duration_unit as unit, duration_ms as usual
    from logged
    where duration is not null
    union all
    select line_number, 'request_bytes', request_size_name, trim(request_size), 1, request_bytes
    from logged
    where request_size is not null
    union all
    select line_number, 'response_bytes', response_size_name, trim(response_size), 1, response_bytes
    from logged
    where response_size is not null
),
numbers as (
    select
        line_number,
        what,
        name,
        text,
        usual,
        case when is_with_unit then regexp_extract(text, '^[0-9.,]+') else text end as number,
        case when is_with_unit then unit_ms(regexp_extract(lower(text), '[a-zµμ]+$')) else unit end as unit
    from (
        select *, what = 'duration' and regexp_full_match(lower(text), '[0-9.,]+ ?' || unit_pattern()) as is_with_unit
        from texts
    )
),
judged as (
    select numbers.*, stretches.whose, stretches.notation as before, notation_of(number) as notation
    from numbers
    asof join stretches on numbers.line_number >= stretches.start
),
with_comma as (
    select
        *,
        min(case when before is not null then 0 when notation = 'comma' then line_number end) over (partition by whose) as comma_line
    from judged
),
with_both as (
    select
        *,
        min(case when before = 'both' then 0 when notation = 'point' and line_number >= comma_line then line_number end)
            over (partition by whose) as point_line
    from with_comma
),
valued as (
    select
        *,
        case
            when notation = 'comma' then cast(replace(replace(number, '.', ''), ',', '.') as double)
            when notation = 'point' then cast(replace(number, ',', '') as double)
            when notation is null or comma_line is null or line_number < comma_line
                then case when what = 'duration' and notation = 'point?' then cast(number as double) end
            when line_number < coalesce(point_line, line_number + 1)
                then cast(replace(replace(number, '.', ''), ',', '.') as double)
        end as value
    from with_both
)
select
    line_number,
    what,
    name,
    text,
    whose,
    usual,
    case
        when notation is not null then case when what = 'duration' then possible_duration(round(value * unit, 3)) else possible_size(value) end
        -- with blanks around it
        when usual is null and what = 'duration' then possible_duration(milliseconds(text, unit))
        when usual is null then size_in_bytes(text)
        else usual
    end as value,
    comma_line is not null as has_comma,
    point_line is not null as has_both
from valued
order by line_number, what
