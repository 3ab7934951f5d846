-- Numbers that are not written as usual: what they are where that is sure, and null where it is not. One row for each value that
-- the first look has not read.
--
-- 12,5   1.234,75   1.234.567   1,2E+05    have a decimal comma, whatever stands around them
-- 12.5   1,234.75   1,234,567              have a decimal point
-- 1.024  1,024                             are anybody's guess, also where other values show what their writer meant: he may be two
with logged as (
    select line_number, unnest(logged_numbers(numbers))
    from doubtful
),

texts as (
    select line_number, 'duration' as what, duration_name as name, trim(duration) as text, duration_unit as unit
    from logged
    where duration is not null
    union all
    select line_number, 'request_bytes', request_size_name, trim(request_size), 1
    from logged
    where request_size is not null
    union all
    select line_number, 'response_bytes', response_size_name, trim(response_size), 1
    from logged
    where response_size is not null
),

numbers as (
    select
        line_number,
        what,
        name,
        text,
        unit as unit_of_column,
        case when is_with_unit then regexp_extract(text, '^[0-9.,]+') else text end as number,
        case when is_with_unit then unit_ms(regexp_extract(lower(text), '[a-zµμ]+$')) else unit end as unit
    from (
        select *, what = 'duration' and regexp_full_match(lower(text), '[0-9.,]+ ?' || unit_pattern()) as is_with_unit
        from texts
    )
),

judged as (
    select *, notation_of(number) as notation
    from numbers
),

valued as (
    select
        *,
        case notation
            when 'comma' then cast(replace(replace(number, '.', ''), ',', '.') as double)
            when 'point' then cast(replace(number, ',', '') as double)
        end as value
    from judged
)

select
    line_number,
    what,
    name,
    text,
    notation = 'comma' as has_comma,
    case
        when notation is not null
            then case when what = 'duration' then possible_duration(round(value * unit, 3)) else possible_size(value) end
        -- as it usually is, perhaps with blanks around it
        when what = 'duration' then possible_duration(milliseconds(text, unit_of_column))
        else size_in_bytes(text)
    end as value
from valued
order by line_number, what
