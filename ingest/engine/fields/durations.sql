-- Durations in milliseconds, in whatever unit and notation.

-- 12ms, 1.5 s, 1m2.5s, PT1.5S, P1DT2H; 00:00:00.087 and 1.02:03:04.5 (a day before the clock). Each says its unit itself.
create or replace macro unit_ms(unit) as (
    case
        when starts_with(unit, 'n') then 0.000001
        when starts_with(unit, 'ms') or starts_with(unit, 'milli') then 1
        when starts_with(unit, 's') then 1000
        when starts_with(unit, 'mi') and not starts_with(unit, 'min') then 0.001
        when starts_with(unit, 'm') then 60000
        when starts_with(unit, 'h') then 3600000
        when starts_with(unit, 'd') then 86400000
        else 0.001
    end
);

create or replace macro unit_pattern() as (
    '(?:n(?:ano)?s(?:ec)?(?:onds?)?|micros(?:ec)?(?:onds?)?|[uµμ]s(?:ec)?|milli(?:s|seconds?)|ms(?:ecs?)?|s(?:ec)?(?:s|onds?)?'
    || '|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|d(?:ays?)?)'
);

create or replace macro written_duration_ms(text) as (
    case
        when
            regexp_full_match(
                lower(text), '(?:p?t)?(?:[0-9]{1,9}(?:[.][0-9]{1,9})? ?' || unit_pattern() || ' ?)+|p[0-9]{1,5}d(?:t(?:[0-9]{1,9}(?:[.][0-9]{1,9})?[hms])+)?'
            )
            then round(
                list_sum(list_transform(
                    regexp_extract_all(lower(text), '[0-9]+(?:[.][0-9]+)? ?' || unit_pattern()),
                    lambda part: cast(regexp_extract(part, '^[0-9.]+') as double) * unit_ms(regexp_extract(part, '[a-zµμ]+$'))
                )),
                3
            )
        when regexp_full_match(text, '(?:[0-9]{1,6}[.](?:[01]?[0-9]|2[0-3])|[0-9]{1,6}):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]{1,9})?') then round(
            coalesce(try_cast(regexp_extract(text, '^([0-9]+)[.][0-9]+:', 1) as double), 0) * 86400000
            + cast(regexp_extract(text, '([0-9]+):[0-9]+:', 1) as double) * 3600000
            + cast(regexp_extract(text, ':([0-9]+):', 1) as double) * 60000
            + cast(replace(regexp_extract(text, '[0-9.,]+$'), ',', '.') as double) * 1000,
            3
        )
    end
);

-- A duration as a number of units, of which one is so many milliseconds, or as a text that names its unit. Nothing below a
-- microsecond is kept, whatever the format.
create or replace macro milliseconds(text, unit) as (
    case
        when regexp_full_match(text, '[0-9]{1,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?')
            then round(try_cast(text as double) * unit, 3)
        else written_duration_ms(text)
    end
);

-- No call takes longer than eleven days, and none ends before it begins.
create or replace macro possible_duration(duration_ms) as (
    case when duration_ms between 0 and 1e9 then duration_ms end
);

-- What was waited for altogether: the sum of several durations of one unit as one text (0.110, 0.120 : 0.470), those that are
-- not there left out. A blank stands behind the comma between two, or both have a decimal point: 0,110 is one number with a decimal
-- comma, and 0,110, 0,120 are two. 1,024 in a list may be either, so that list stays what it is, as does any other text.
create or replace macro total_duration(text) as (
    case
        when regexp_full_match(text, '[0-9]+[.][0-9]+|[0-9]+') then text
        when
            regexp_full_match(
                text,
                '(?:-|[0-9]{1,18}(?:[.][0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?)(?:(?: *, +| +: +)(?:-|[0-9]{1,18}(?:[.][0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?))*'
            ) or regexp_full_match(text, '(?:-|[0-9]{1,18}[.][0-9]{1,18})(?:,(?:-|[0-9]{1,18}[.][0-9]{1,18}))+')
            then cast(round(
                list_sum(list_transform(
                    regexp_extract_all(text, '[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]{1,2})?'), lambda part: cast(part as double)
                )),
                9
            ) as varchar)
        -- Four decimals and more are decimals for sure.
        when
            regexp_full_match(
                text, '(?:-|0,[0-9]{1,9}|[0-9]{1,15},(?:[0-9]{1,2}|[0-9]{4,9}))(?:(?: *, +| +: +)(?:-|0,[0-9]{1,9}|[0-9]{1,15},(?:[0-9]{1,2}|[0-9]{4,9})))+'
            )
            then replace(cast(cast(
                list_sum(list_transform(
                    regexp_extract_all(text, '[0-9]+,[0-9]+'), lambda part: cast(replace(part, ',', '.') as double)
                ))
                as decimal(28, 9)
            ) as varchar), '.', ',')
        else text
    end
);

-- How long it took from one instant to another, in milliseconds; both texts where that is not to be known.
create or replace macro elapsed_ms(begin, end_) as (
    case
        when begin is not null and end_ is not null then coalesce(
            cast(date_diff('microsecond', written_instant(begin), written_instant(end_)) / 1000 as varchar),
            concat(begin, ' to ', end_)
        )
    end
);
