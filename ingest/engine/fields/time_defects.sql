-- What is wrong with a time that was not read.

-- The format of a time that begins with day and month as two numbers, in this order; one of an example where it is any other.
--
-- 13-10-2026 9:00: %d-%m-%Y %H:%M
create or replace macro format_of(text, first, second) as (
    list_transform(
        [regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            text,
                            '^[0-9]{1,2}([/.-])[0-9]{1,2}([/.-])([0-9]{4}|[0-9]{2})',
                            first || '\1' || second || '\2' || case when regexp_matches(text, '^[0-9]+[/.-][0-9]+[/.-][0-9]{4}') then '%Y' else '%y' end
                        ),
                        '([T ,])[0-9]{1,2}:[0-9]{2}', '\1%H:%M'
                    ),
                    '%M:[0-9]{2}([.,])[0-9]{1,9}', '%M:%S\1%f'
                ),
                '%M:[0-9]{2}', '%M:%S'
            ),
            '(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)$', '%z'
        )],
        lambda form: case
            when regexp_full_match(form, '%[dm][/.-]%[dm][/.-]%[Yy](?:[T ,]{1,2}%H:%M(?::%S(?:[.,]%f)?)?(?: ?%z)?)?') then form
            when regexp_full_match(form, '(?i)%[dm][/.-]%[dm][/.-]%y[ ,]{1,2}%H:%M(?::%S(?:[.,]%f)?)? [ap]m')
                then regexp_replace(replace(form, '%H', '%I'), '(?i)[ap]m$', '%p')
            else first || '.' || second || '.%Y %H:%M:%S'
        end
    )[1]
);

-- What is said of a time that begins with day and month as two numbers. Where one of them can be no month it shows the order, but in
-- no other row: a log is read whole or not at all.
create or replace macro day_or_month(text, shown) as (
    case
        when cast(regexp_extract(text, '^[0-9]+') as integer) > 12 and cast(regexp_extract(text, '^[0-9]+[/.-]([0-9]+)', 1) as integer) > 12
            then shown || ' names no month'
        when cast(regexp_extract(text, '^[0-9]+') as integer) > 12
            then shown || ' begins with its day, which other lines need not show: in JSON and CSV the format ' || format_of(text, '%d', '%m') || ' of a dialect says so'
        when cast(regexp_extract(text, '^[0-9]+[/.-]([0-9]+)', 1) as integer) > 12
            then shown || ' begins with its month, which other lines need not show: in JSON and CSV the format ' || format_of(text, '%m', '%d') || ' of a dialect says so'
        else
            shown || ' does not say which is the day and which the month: in JSON and CSV the format of a dialect does, ' || format_of(text, '%d', '%m')
            || ' or ' || format_of(text, '%m', '%d')
    end
);

-- What is wrong with a time that is there and was not read; `format` is the one it has to fit, where it has one of its own, and
-- `sample` what may be shown of it.
create or replace macro time_defect(text, format, sample) as (
    case
        when is_text(text)
            then list_transform(
                [{ 'time': usual_time(trim(text)), 'named': named_month(trim(text)), 'shown': shown_time(text, sample) }],
                lambda found: case
                    when regexp_full_match(text, '[\s\p{Z}\p{C}]*') then named_value('the time', text, '') || '; ' || other_times()
                    when format is not null
                        then case
                            when not contains(format, '%z') and getvariable('source_time_zone') is null
                                then 'a time without offset in the format ' || format || ': --time-zone says which zone is meant'
                            else 'the time ' || found.shown || ' does not fit the format ' || format || ', or there is no such day or time of day'
                        end
                    when regexp_full_match(found.time, '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]*)?( ?([Zz]|[+-][0-9:]*))?')
                        then case
                            when try_cast(left(found.time, 10) as date) is null then 'there is no day ' || left(found.time, 10)
                            when regexp_matches(found.time, '^.{17}60') and try_cast(replace(left(found.time, 19), ':60', ':59') as timestamp) is not null
                                then 'there is no second 60 but in the last minute of a day of UTC'
                            when try_cast(left(found.time, 19) as timestamp) is null then 'there is no time of day ' || found.time[12:19]
                            when regexp_matches(found.time, '[+-][0-9:]*$') and length(found.time) > 19 and regexp_matches(found.time[20:], '[+-]')
                                then regexp_extract(found.time[20:], '[+-][0-9:]*$') || ' is no offset; expected one like +02:00'
                            when not regexp_matches(found.time, '[Zz]$') and getvariable('source_time_zone') is null
                                then 'a time without offset: --time-zone says which zone is meant'
                            else 'the second of ' || found.shown || ' has a fraction without digits, or with more than twelve'
                        end
                    when named_zone(found.time) is not null
                        then case
                            when try_cast(left(found.time, 10) as date) is null then 'there is no day ' || left(found.time, 10)
                            when try_cast(left(found.time, 19) as timestamp) is null then 'there is no time of day ' || found.time[12:19]
                            else 'no zone has the name that stands behind the time; expected one like Europe/Amsterdam, or an offset like +02:00'
                        end
                    when regexp_full_match(found.time, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then 'a day without a time of day'
                    when wrong_weekday(found.named) is not null
                        then named_day(found.named) || ' is no ' || wrong_weekday(found.named)
                    when regexp_full_match(found.time, '[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}([T ,].*)?')
                        then day_or_month(found.time, found.shown)
                    when regexp_matches(found.time, '(?i)[0-9] ?[ap][.]?m[.]?( |$)') then 'a time of twelve hours is not read; ' || other_times()
                    when regexp_matches(found.time, '[0-9] ?\[?[A-Z]{2,5}\]?( [0-9]{4})?$')
                        then 'the letters behind the time name no single zone; expected an offset like +02:00, UTC, or a name like Europe/Amsterdam'
                    when regexp_full_match(found.time, '[0-9]{5},[0-9]{1,12}') and spreadsheet_day(cast(left(found.time, 5) as integer)) is not null
                        then spreadsheet_day(cast(left(found.time, 5) as integer))
                    when regexp_full_match(found.time, '[0-9.,eE+-]+') then 'a number that is none of seconds, milli-, micro- or nanoseconds since 1970; ' || other_times()
                    else 'a time in a form that is not read; ' || other_times()
                end
            )[1]
    end
);
