-- In which notation numbers are written, and how a warning shows them.

-- The numbers of a line as they stand in the log (`raw.numbers`).
create or replace macro logged_numbers(numbers) as (
    from_json(
        numbers,
        '{"duration": "VARCHAR", "duration_unit": "DOUBLE", "duration_name": "VARCHAR", "request_size": "VARCHAR",'
        || ' "request_size_name": "VARCHAR", "response_size": "VARCHAR", "response_size_name": "VARCHAR"}'
    )
);

-- Which notation a number shows for sure: a decimal 'comma', a decimal 'point'. Null for a number without signs, for what is none,
-- and for one sign before three digits (1.024 and 1,024), which may be decimal or separate thousands.
create or replace macro notation_of(number) as (
    case
        when regexp_full_match(number, '[1-9][0-9]{0,2}[.,][0-9]{3}') then null
        when regexp_full_match(
            number,
            '[0-9]{1,15},[0-9]{1,9}|[1-9][0-9]{0,2}(?:[.][0-9]{3}){1,4},[0-9]{1,9}|[1-9][0-9]{0,2}(?:[.][0-9]{3}){2,4}'
            -- a power of ten stands behind one digit, so what separates the others from it is decimal
            || '|[0-9],[0-9]{1,15}[eE][+-]?[0-9]{1,2}'
        ) then 'comma'
        when regexp_full_match(
            number, '[0-9]{1,18}[.][0-9]{1,18}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}[.][0-9]{1,9}|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,4}'
        ) then 'point'
    end
);

-- Whether a duration has a point that is decimal in most logs, and separates thousands where a comma is.
create or replace macro is_doubtful_point(duration) as (
    regexp_full_match(duration, '(?i) *[1-9][0-9]{0,2}[.][0-9]{3} ?' || unit_pattern() || '? *')
);

-- A value as a warning may show it: one that looks like a number or a short duration as it is, others as samples are. Eight
-- digits and more may be a person's.
create or replace macro shown_value(text) as (
    case
        when not is_text(text) then null
        when
            regexp_full_match(lower(text), '[+-]?[0-9][0-9.,: ]{0,15}(?:' || unit_pattern() || '|[kmgt]?i?b|nan|inf)?')
            and length(regexp_replace(text, '[^0-9]', '', 'g')) <= 7
            then text
        else left(redacted_sample(left(text, 100)), 40)
    end
);
