-- How a reason shows a time, and what it says of one that is impossible.

-- A time as a reason may show it: digits and what stands between them, or as samples are; `sample` is that of it.
create or replace macro shown_time(text, sample) as (
    case
        when regexp_full_match(
            text,
            '(?:[0-9]{1,2}|[0-9]{4})[/.-][0-9]{1,2}[/.-](?:[0-9]{1,2}|[0-9]{4})(?:[Tt ,]{1,2}[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:[.,][0-9]{1,6})?)?)?'
            || '(?: ?(?:[Zz]|[+-][0-9]{1,2}:?[0-9]{0,2}))?'
        ) then text
        else sample
    end
);

create or replace macro other_times() as (
    'expected one like 2026-03-29T00:30:00Z or Sun, 29 Mar 2026 00:30:00 GMT, or seconds or milliseconds since 1970; '
    || 'in JSON and CSV the format of a dialect reads others'
);

-- What is said of a number of days as spreadsheets count them, from 2000 to 2100; null for any other number.
create or replace macro spreadsheet_day(number) as (
    case
        when number between 36526 and 73050
            then 'if it is days as a spreadsheet counts them, that is '
            || strftime(date '1899-12-30' + cast(number as integer), '%Y-%m-%d')
            || ', and nobody knows on whose clocks: save that column as a text like 2026-03-29 00:30:00, and --time-zone says the zone'
    end
);

-- What is said of an instant that is none of a call. A number that means something else than a time since 1970 is named.
create or replace macro impossible_time(instant, line) as (
    'impossible: ' || strftime(instant, '%Y-%m-%dT%H:%M:%SZ') || ' is before 2000 or more than two days after the load' || coalesce(
        '; ' || case
            when contains(line, cast(epoch_ms(instant) // 1000 as varchar)) and spreadsheet_day(epoch_ms(instant) // 1000) is not null
                then spreadsheet_day(epoch_ms(instant) // 1000)
            when
                contains(line, cast(epoch_ms(instant) // 1000 as varchar))
                and try_strptime(cast(epoch_ms(instant) // 1000 as varchar), '%Y%m%d') between timestamp '2000-01-01' and timestamp '2100-01-01'
                then 'if it is a day written in eight digits, it lacks its time of day'
            when
                contains(line, cast(epoch_ms(instant) as varchar))
                and try_strptime(cast(epoch_ms(instant) as varchar), '%Y%m%d%H%M%S') between timestamp '2000-01-01' and timestamp '2100-01-01'
                then 'if it is ' || strftime(try_strptime(cast(epoch_ms(instant) as varchar), '%Y%m%d%H%M%S'), '%Y-%m-%d %H:%M:%S')
                || ' written in fourteen digits, the format %Y%m%d%H%M%S of a dialect says so'
        end,
        ''
    )
);

-- A value as a reason begins with it: method is missing, method is empty, method G3T. `sample` is what may be shown of it.
create or replace macro named_value(name, value, sample) as (
    name || case
        when value is null then ' is missing'
        when regexp_full_match(value, '[\s\p{Z}]*') then ' is empty'
        when regexp_full_match(value, '[\s\p{Z}\p{C}]*') then ' holds nothing but control characters'
        else ' ' || sample
    end
);
