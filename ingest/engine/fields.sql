-- From the text of a field to its value: instants, numbers, URLs from their parts, the form of an authorization,
-- elements of a SOAP envelope. The formats call these, so that a field means the same in all of them.

-- What stands before the carriage return at the end of a line, if there is one.
create or replace macro without_line_end(text) as (
    case when ends_with(text, e'\r') then left(text, -1) else text end
);

-- Whether a line is a comment. One that goes on behind a carriage return is many lines and no comment.
create or replace macro is_comment(text) as starts_with(text, '#') and not contains(rtrim(text, e'\r\n'), e'\r');

-- ISO 8601 with an offset or Z, whole; a date alone, week dates and the like are not instants. Without an offset the
-- session's variable `source_time_zone` says which zone is meant, or nobody knows. In the hour that a clock shows
-- twice the later instant is meant; in the one it leaves out, the instant by the offset from before the change.
create or replace macro iso_instant(text) as (
    case
        when regexp_full_match(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,12})?Z')
            then try_cast(text as timestamptz)
        when regexp_full_match(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.,][0-9]{1,12})?[Zz]')
            then try_cast(replace(upper(text), ',', '.') as timestamptz)
        when regexp_full_match(
            text,
            '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.,][0-9]{1,12})? ?[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?'
        ) then try_cast(replace(replace(text, ' +', '+'), ',', '.') as timestamptz)
        when
            getvariable('source_time_zone') is not null
            and regexp_full_match(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.,][0-9]{1,12})?')
            then timezone(getvariable('source_time_zone'), try_cast(replace(text, ',', '.') as timestamp))
    end
);

-- Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size: until the year 5138 they do not overlap.
create or replace macro epoch_instant(text) as (
    case
        when not regexp_full_match(text, '[0-9]{1,19}([.][0-9]{1,9})?') then null
        when try_cast(text as double) < 1e11 then make_timestamptz(cast(round(try_cast(text as decimal(28, 9)) * 1000000) as bigint))
        when try_cast(text as double) < 1e14 then make_timestamptz(cast(round(try_cast(text as decimal(28, 9)) * 1000) as bigint))
        when try_cast(text as double) < 1e17 then make_timestamptz(cast(try_cast(text as decimal(28, 9)) as bigint))
        else make_timestamptz(try_cast(split_part(text, '.', 1) as bigint) // 1000)
    end
);

-- 21/Oct/2026:13:55:36 +0200
create or replace macro common_log_instant(text) as (
    case
        when regexp_full_match(text, '[0-3][0-9]/[A-Z][a-z]{2}/[0-9]{4}:([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2} [+-](0[0-9]|1[0-8])[0-5][0-9]')
            then try_strptime(text, '%d/%b/%Y:%H:%M:%S %z')
    end
);

-- An instant however it is written, as long as it needs no format to be read.
create or replace macro written_instant(text) as (
    coalesce(iso_instant(text), epoch_instant(text), common_log_instant(text))
);

-- What a format without a name for its zone says: an instant, or a time on the clocks of the zone that is meant.
create or replace macro zoned(time, has_offset) as (
    case
        when has_offset then timezone('UTC', time)
        when getvariable('source_time_zone') is not null then timezone(getvariable('source_time_zone'), time)
    end
);

-- A second that a minute has sixty-one of is the one behind it, as POSIX and PostgreSQL have it: 23:59:60 is 00:00:00. Only the
-- last minute of a day of UTC can have one; `instant` is the second before it.
create or replace macro leap_second(instant) as (
    case when (epoch_us(instant) // 1000000) % 86400 = 86399 then instant + interval 1 second end
);

-- Oct: 10
create or replace macro month_number(name) as (
    lpad(cast(list_position(
        ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'], name
    ) as varchar), 2, '0')
);

-- English names, short or whole. Others are no month to anybody who does not know the language.
create or replace macro weekday_pattern() as (
    'Mon(?:day)?|Tue(?:s|sday)?|Wed(?:nesday)?|Thu(?:r|rs|rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?'
);

create or replace macro month_pattern() as (
    'Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t|tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?'
);

create or replace macro clock_pattern() as '[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,12})?)?';

create or replace macro zone_pattern() as '(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|UTC|GMT|UT|Z';

-- The parts of a time that names its month: as mails and HTTP have it (RFC 1123), as access logs do, as C and date(1) do
-- (asctime), and as JavaScript and Americans do. All of them are empty in any other text.
create or replace macro named_month(text) as (
    case
        when regexp_matches(text, '^(?i)(?:[a-z]{3,9},? +)?[0-9]{1,2}[ /-][a-z]')
            then regexp_extract(
                text,
                '^(?i)(?:(' || weekday_pattern() || '),? +)?([0-9]{1,2})[ /-](' || month_pattern() || ')[ /-]([0-9]{4}),?[ :t]+('
                || clock_pattern() || ')(?: ?(' || zone_pattern() || '))?$',
                ['weekday', 'day', 'month', 'year', 'clock', 'zone']
            )
        when regexp_matches(text, '[0-9]{4}$') and not regexp_matches(text, '[+-][0-9]{4}$')
            then regexp_extract(
                text,
                '^(?i)(' || weekday_pattern() || '),? +(' || month_pattern() || ') +([0-9]{1,2}) +(' || clock_pattern() || ')(?: +('
                || zone_pattern() || '))? +([0-9]{4})$',
                ['weekday', 'month', 'day', 'clock', 'zone', 'year']
            )
        else regexp_extract(
            text,
            '^(?i)(?:(' || weekday_pattern() || '),? +)?(' || month_pattern() || ') +([0-9]{1,2}),? +([0-9]{4}),?(?: at| @)? +('
            || clock_pattern() || ')(?: +(' || zone_pattern() || '))?(?: +\([^()]*\))?$',
            ['weekday', 'month', 'day', 'year', 'clock', 'zone']
        )
    end
);

create or replace macro named_day(named) as (
    case
        when named.year <> ''
            then named.year || '-'
            || month_number(upper(left(named.month, 1)) || lower(named.month[2:3])) || '-' || lpad(named.day, 2, '0')
    end
);

-- The weekday that a time names and that its day is not; null where it names none, or the right one.
create or replace macro wrong_weekday(named) as (
    case
        when named.weekday <> '' and lower(left(named.weekday, 3)) <> lower(strftime(try_cast(named_day(named) as date), '%a'))
            then named.weekday
    end
);

-- A time that names its month as one of digits. One that contradicts itself stays as it is.
create or replace macro without_names(text) as (
    case
        when regexp_matches(text, '^[A-Za-z]{3}|[0-9][ /-][A-Za-z]{3}')
            then list_transform(
                [named_month(text)],
                lambda named: case
                    when named_day(named) is null or wrong_weekday(named) is not null then text
                    else named_day(named) || 'T' || named.clock || case
                        when upper(named.zone) in ('UTC', 'GMT', 'UT', 'Z') then 'Z'
                        else regexp_replace(named.zone, '(?i)^(?:UTC|GMT)', '')
                    end
                end
            )[1]
        else text
    end
);

-- 20261001T070000Z, 20261001 07:00:00, 20261001070000Z with hyphens and colons. Fourteen digits alone are a number since 1970.
create or replace macro not_compact(text) as (
    case
        when regexp_matches(text, '^[0-9]{8}(?:[Tt ][0-9]{2}|[0-9]{4,6}(?:[.,][0-9]+)?(?:[Zz]|[+-][0-9]))')
            then regexp_replace(
                regexp_replace(text, '^([0-9]{4})([0-9]{2})([0-9]{2})[Tt ]?', '\1-\2-\3T'),
                '^([0-9-]{10}T[0-9]{2})([0-9]{2})(?:([0-9]{2})((?:[.,][0-9]+)?))?([^0-9].*)?$',
                '\1:\2:\3\4\5'
            )
        else text
    end
);

-- /Date(1790838000000+0200)/, as .NET wrote times in JSON: milliseconds since 1970, whatever offset stands behind them.
create or replace macro without_date_call(text) as (
    case
        when regexp_full_match(text, '\\?/Date\([0-9]{4,14}(?:[+-][0-9]{4})?\)\\?/')
            then regexp_replace(regexp_extract(text, '[0-9]+'), '([0-9]{3})$', '.\1')
        else text
    end
);

-- 24:00:00 is the end of a day, and as an instant the midnight that begins the next.
create or replace macro without_hour_24(text) as (
    case
        when regexp_matches(text, '^[0-9-]{10}[Tt ]24:00:00(?:[.,]0{1,12})?(?:[^0-9.,]|$)')
            then coalesce(
                strftime(try_cast(left(text, 10) as date) + 1, '%Y-%m-%d') || 'T00' || substr(text, 14), text
            )
        else text
    end
);

-- A time as Java, Go, .NET, databases, servers and spreadsheets write it, in the words of written_instant: names of months and
-- compact times as ISO 8601, without what stands behind an offset (a zone in brackets or letters), Z for UTC and GMT, hyphens for
-- slashes, with its seconds, the next midnight for 24:00, without an exponent.
-- Each step is bound before the next one: a macro that says its argument twice is planned twice with all that is inside of it.
create or replace macro usual_time(text) as (
    case
        when regexp_full_match(text, '[0-9]{1,10}(?:[.][0-9]{1,18})?[eE][+]?[0-9]{1,2}')
            then coalesce(cast(try_cast(text as decimal(28, 9)) as varchar), text)
        else list_transform(
            list_transform(
                list_transform(
                    list_transform([text], lambda written: without_names(written)),
                    lambda numeric: not_compact(numeric)
                ),
                lambda spaced: regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                regexp_replace(
                                    without_date_call(spaced),
                                    '([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)(?: ?\[[A-Za-z0-9!_+/=:.-]{1,64}\]| [A-Z]{2,5}| [A-Z][A-Za-z_]+/[A-Za-z0-9_/+-]{1,64})+$',
                                    '\1'
                                ),
                                '([0-9]) ?(?:UTC|GMT)$', '\1Z'
                            ),
                            '^([0-9]{4})/([0-9]{2})/([0-9]{2})', '\1-\2-\3'
                        ),
                        '^([0-9-]{10}[Tt ][0-9]{2}:[0-9]{2}):?([Zz]| ?[+-][0-9:]{2,6}| ?\[?[A-Z][A-Za-z_]+(?:/[^ ]*)?)?$', '\1:00\2'
                    ),
                    ' ([Zz])$', '\1'
                )
            ),
            lambda complete: without_hour_24(complete)
        )[1]
    end
);

-- The zone that a time names instead of an offset, by its whole name: the letters of a zone (CET, IST) are those of others, too.
create or replace macro named_zone(time) as (
    nullif(regexp_extract(time, '^[0-9-]{10}[Tt ][0-9:.,]+ ?\[?([A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}|UTC)\]?$', 1), '')
);

-- A time in a zone that it names, by the same rule as one in the zone of `source_time_zone`.
create or replace macro instant_in_its_zone(time) as (
    case
        when list_contains(getvariable('zone_names'), named_zone(time)) then timezone(
            named_zone(time), try_cast(replace(regexp_extract(time, '^[0-9-]{10}[Tt ][0-9:]{8}(?:[.,][0-9]{1,12})?'), ',', '.') as timestamp)
        )
    end
);

create or replace macro unusual_instant(text) as (
    case
        when is_text(text)
            then list_transform(
                list_transform([usual_time(trim(text))], lambda time: {
                    'is_leap': contains(time, ':59:60'),
                    'instant': coalesce(
                        written_instant(replace(time, ':59:60', ':59:59')), instant_in_its_zone(replace(time, ':59:60', ':59:59'))
                    )
                }),
                lambda found: case when found.is_leap then leap_second(found.instant) else found.instant end
            )[1]
    end
);

-- A time that is written in a format of its own. The offset may be Z, UTC or GMT, which strptime does not take.
create or replace macro formatted_instant(text, format, has_offset) as (
    coalesce(
        zoned(try_strptime(text, format), has_offset),
        case when has_offset then zoned(
            try_strptime(regexp_replace(text, '(^|[^A-Za-z])(?:[Zz]|UTC|GMT)([^A-Za-z]|$)', '\1+0000\2'), format), has_offset
        ) end,
        case
            when contains(text, ':59:60')
                then leap_second(zoned(try_strptime(replace(text, ':59:60', ':59:59'), format), has_offset))
        end
    )
);

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

create or replace macro possible_size(bytes) as (
    case when bytes between 0 and 1e15 and bytes = floor(bytes) then cast(bytes as bigint) end
);

-- A number of bytes, 2048.0 and 2.5e3 included. What has a fraction is no size, and in 1.000 nobody knows what the point is.
create or replace macro size_in_bytes(text) as (
    case
        when regexp_full_match(text, '[0-9]{1,15}') then cast(text as bigint)
        when
            regexp_full_match(text, '[0-9]{1,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?')
            and not regexp_full_match(text, '[1-9][0-9]{0,2}[.][0-9]{3}')
            then possible_size(try_cast(text as double))
    end
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

-- An absolute URL from what a server logs: the host it was called by (or the one the operator names) and the target.
create or replace macro url_from_parts(host, target, query) as (
    case
        when target is null then null
        when starts_with(target, '/') and coalesce(host, getvariable('default_host')) is not null
            then concat('https://', coalesce(host, getvariable('default_host')), target, '?' || query)
        -- an absolute target as a proxy logs it; and what is no path must not be glued to the host
        else concat(target, '?' || query)
    end
);

-- Whether a text is a host of the platform, with a port or the root's dot perhaps. `platform_host` is the pattern of one.
create or replace macro is_platform_host(text) as (
    coalesce(regexp_full_match(text, getvariable('platform_host') || '[.]?(:[0-9]{1,5})?'), false)
);

-- The host of the platform that is the only one among these values; null where there is none or several differ.
create or replace macro only_platform_host(texts) as (
    case
        when len(list_distinct(list_filter(texts, lambda text: is_platform_host(text)))) = 1
            then list_filter(texts, lambda text: is_platform_host(text))[1]
    end
);

-- A line of JSON without what its caller or a body says there: a referrer, a user agent, a body. Others stay as they are. JSON
-- that stands in a text of a line is as good as JSON.
create or replace macro without_callers_words(line) as (
    case
        when regexp_matches(line, '^[^"]*\{\s*"')
            then regexp_replace(
                regexp_replace(
                    replace(replace(
                        regexp_replace(
                            line,
                            '(?i)"[^":\\]*(?:referr?er|agent|body)[^":\\]*"\s*:\s*\[?\s*"(?:[^"\\]|\\.)*"', '', 'g'
                        ), '\"', '"'
                    ), '\/', '/'),
                    '(?i)"[^":]*(?:referr?er|agent|body)[^":]*"\s*:\s*\[?\s*"[^"]*"', '', 'g'
                ),
                '(?i)"(?:name|key)"\s*:\s*"[^"]*(?:referr?er|agent)"[^}]*', '', 'g'
            )
        else line
    end
);

-- The first host of the platform that stands in a line by itself, or else, in a line of JSON, in a URL that a value begins with or
-- that stands between blanks. Elsewhere nothing tells such a URL from a referrer.
create or replace macro platform_host_in(line) as (
    coalesce(
        nullif(regexp_extract(
            line, '(?:^|[\s"'',;|=\[(])(' || getvariable('platform_host') || ')[.]?(?::[0-9]{1,5})?(?:$|[\s"'',;|\])\\])', 1
        ), ''),
        case
            when regexp_matches(line, '^[^"]*\{\s*"') then nullif(regexp_extract(
                without_callers_words(line),
                '(?:[:,\[]\s*"|[\s|;])(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/@\s"]*@)?)?(' || getvariable('platform_host')
                || ')[.]?(?::[0-9]{1,5})?(?:$|[\s"'',;|\])\\/?#])', 1
            ), '')
        end
    )
);

-- The first host of the platform, in lower case, in these values of a line: by itself, in a list, or in a URL that a value or one of
-- a list begins with. Null where the host that the operator names stands there, too.
create or replace macro other_host_in(texts) as (
    list_transform(
        [array_to_string(texts, e'\n')],
        lambda text: case
            when
                regexp_matches(text, getvariable('platform_domain'))
                and not coalesce(regexp_matches(text, getvariable('named_host')), false)
                then lower(nullif(regexp_extract(
                    text,
                    '(?m)(?:(?:^|[\s"'',;|\[({+])(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/@\s"]*@)?)?|=)(' || getvariable('platform_host')
                    || ')[.]?(?::[0-9]{1,5})?(?:$|[\s"'',;|\])}\\/?#+])',
                    1
                ), ''))
        end
    )[1]
);

-- A URL that is logged as one; where it is a path, the host that is logged goes before it if it is the platform's, then the one
-- that the operator names, then any that is logged.
create or replace macro completed_url(url, host) as (
    case
        when starts_with(url, '/') and is_platform_host(host) then 'https://' || host || url
        when starts_with(url, '/') and coalesce(getvariable('default_host'), host) is not null
            then 'https://' || coalesce(getvariable('default_host'), host) || url
        else url
    end
);

-- What is said of the NUL bytes in a line: how many, and where the first one is; null where there are none. A writer leaves them
-- whose file was cut off under it, and a file system that lost power.
-- Of one that is too long only the beginning is known.
create or replace macro nul_bytes(line, is_whole) as (
    case
        when contains(line, chr(0))
            then 'the line holds '
            || case when is_whole then format('{:,} ', length(line) - length(replace(line, chr(0), ''))) else '' end
            || 'NUL bytes, the first ' || case
                when starts_with(line, chr(0)) then 'at its beginning'
                else 'behind ' || format('{:,}', strlen(split_part(line, chr(0), 1))) || ' others'
            end || ': tr -d ''\000'' < FILE > NEW takes them out'
    end
);

-- What is said of a line that has no value for any of the fields `names`, and has fields that are called `found`.
create or replace macro lacking(names, found) as (
    list_transform(
        list_transform(
            [list_filter(names, lambda name: list_contains(found, name))],
            lambda empty: {
                'is_there': len(empty) > 0,
                'shown': list_transform(
                    cast(case when len(empty) > 0 then empty[:1] else found[:25] end as varchar[]), lambda name: redacted_key(name)
                )
            }
        ),
        lambda field: case
            when field.is_there then 'no value in the field ' || field.shown[1]
            else
                'no field ' || array_to_string(names[:4], ' or ') || case when len(names) > 4 then ' or others' else '' end
                || '; found ' || coalesce(nullif(array_to_string(field.shown, ', '), ''), 'none')
                || case when len(found) > 25 then ' and ' || len(found) - 25 || ' more' else '' end
        end
    )[1]
);

-- A query that is logged beside a path, unless the path has it already.
create or replace macro query_behind(path, query) as (
    case
        when contains(path, '?') then null
        when starts_with(query, '?') then substr(query, 2)
        else query
    end
);

-- The target of a request line: GET /path HTTP/1.1. A target may hold blanks, the version may be missing, and so may the method.
create or replace macro without_method(request) as (
    case when contains(request, ' ') then substr(request, strpos(request, ' ') + 1) else '' end
);

create or replace macro target_of(request) as (
    case
        when starts_with(request, '/') then request
        when len(string_split(request, ' ')) = 3 and string_split(request, ' ')[3] in ('HTTP/1.1', 'HTTP/2.0', 'HTTP/1.0')
            then string_split(request, ' ')[2]
        else regexp_replace(without_method(request), ' HTTP/[0-9.]+$', '')
    end
);

-- The path in a field that may be called like one and hold the whole request line.
create or replace macro path_of(text) as (
    case when contains(text, ' ') and not starts_with(text, '/') then target_of(text) else text end
);

-- What nginx escapes with escape=json: as in a JSON text.
create or replace macro json_unescaped(text) as (
    case when contains(text, '\') then coalesce(try(from_json('"' || text || '"', '"VARCHAR"')), text) else text end
);

-- A value without the quotes around it; a doubled quote in it is one. `marks` are the characters that quote.
create or replace macro without_quotes(value, marks) as (
    case
        when length(value) > 1 and contains(marks, left(value, 1)) and ends_with(value, left(value, 1))
            then replace(substr(value, 2, length(value) - 2), left(value, 1) || left(value, 1), left(value, 1))
        else value
    end
);

-- What stands between the quotes of a value, perhaps behind an equals sign; a doubled quote in it is one.
create or replace macro quoted_value(value, quote) as (
    replace(substr(value, strpos(value, quote) + 1, length(value) - strpos(value, quote) - 1), quote || quote, quote)
);

-- ="4321_678901", the formula by which Excel keeps a text as it is, is that text; any other value is itself.
create or replace macro kept_text(value, quote) as (
    case
        when starts_with(value, '=' || quote) and ends_with(value, quote) and length(value) - length(replace(value, quote, '')) = 2
            then substr(value, 3, length(value) - 3)
        else value
    end
);

-- What is wrong with the quotes in a row of a CSV: `csv_sound` matches it as far as nothing is.
create or replace macro quote_defect(row_text) as (
    list_transform(
        [regexp_extract(getvariable('delimiter') || row_text, getvariable('csv_sound'))],
        lambda sound: case
            when not starts_with(substr(getvariable('delimiter') || row_text, length(sound) + 1), getvariable('quote'))
                then 'value ' || len(regexp_extract_all(sound, getvariable('csv_value'), 1))
                || ' goes on behind the quote that closes it; a quote inside a quoted value is written twice'
            when ends_with(rtrim(sound, ' ='), getvariable('delimiter'))
                then 'a quote is not closed on its line; values with a line end in them are not read'
            else
                'value ' || len(regexp_extract_all(sound, getvariable('csv_value'), 1))
                || ' has a quote in it and none around it; expected one before it and behind it, and each quote in it twice'
        end
    )[1]
);

-- What nginx and Apache escape inside a quoted value: \" \\ and \xHH, a byte of UTF-8. Percent signs carry the bytes to the
-- decoder; what does not become valid UTF-8 stays as it was.
create or replace macro unescaped(text) as (
    case
        when contains(text, '\')
            then coalesce(
                try(url_decode(
                    regexp_replace(
                        replace(replace(replace(text, '%', '%25'), '\\', '%5C'), '\"', '%22'), '\\x([0-9A-Fa-f]{2})', '%\1', 'g'
                    )
                )),
                text
            )
        else text
    end
);

-- The form of the authorization, never its value; `is_in_body`: a SOAP envelope has a token. A masked value says nothing about its form.
create or replace macro token_form_of(header, headers_logged, is_in_body) as (
    case
        when starts_with(header, 'AfasToken PHRva2Vu') then 'base64'
        when starts_with(header, 'Bearer ') then 'bearer'
        when coalesce(trim(header), '') not in ('', '-')
            then case
                when regexp_matches(header, '(?i)^\s*bearer(\s|$)') then 'bearer'
                when regexp_matches(header, '(?i)^\s*(afastoken\s+)?(<|&lt;|%3c)\s*token') then 'plain'
                when regexp_matches(header, '(?i)^\s*afastoken\s+\S*(PHRva2Vu|x0b2tlb|8dG9rZW4)') then 'base64'
                when regexp_matches(header, '(?i)^\s*afastoken\s+[a-z0-9+/_-]{24,}={0,2}\s*$') then 'base64'
                else 'not_logged'
            end
        when is_in_body then 'soap_body'
        when headers_logged then 'none'
        else 'not_logged'
    end
);

-- The text of an element of a SOAP envelope, whatever its namespace prefix; `low` is the envelope in lower case.
-- Captures are slow over a long text, so the first try is near the place where the name is first found.
create or replace macro soap_pattern(name, value) as (
    '(?is)<(?:[a-z0-9_]+:)?' || name || '(?:\s[^>]*)?>\s*(' || value || ')\s*</'
);

create or replace macro soap_text(body, low, name, value) as (
    case
        when contains(low, name) then coalesce(
            nullif(regexp_extract(substr(body, greatest(strpos(low, name) - 64, 1), 600), soap_pattern(name, value), 1), ''),
            nullif(regexp_extract(body, soap_pattern(name, value), 1), '')
        )
    end
);

-- The text of an element that is written just so; null where it is not.
create or replace macro plain_soap_text(body, tag) as (
    case
        when contains(body, tag) then nullif(regexp_extract(
            body[strpos(body, tag) + length(tag):strpos(body, tag) + length(tag) + 120], '^\s*([A-Za-z0-9_]+)\s*</', 1
        ), '')
    end
);

-- A JSON object from a list of names and values, as HAR and OTLP write it. A value of OTLP says of which type it is; a name
-- that comes twice has a list of values.
create or replace macro value_of_pair(value) as (
    case
        when starts_with(value, '{')
            then coalesce(
                json_extract(value, '$.stringValue'),
                json_extract(value, '$.intValue'),
                json_extract(value, '$.doubleValue'),
                json_extract(value, '$.boolValue'),
                to_json(json_extract_string(value, '$.arrayValue.values[*].stringValue')),
                'null'
            )
        else coalesce(value, 'null')
    end
);

create or replace macro object_of_pairs(pairs) as (
    '{' || coalesce(array_to_string(
        list_transform(
            [pairs],
            lambda given: array_to_string(
                list_transform(
                    list_distinct(list_transform(given, lambda pair: pair.name)),
                    lambda name: to_json(name) || ':' || list_transform(
                        [
                            list_transform(
                                list_filter(given, lambda pair: pair.name = name), lambda pair: value_of_pair(pair.value)
                            )
                        ],
                        lambda said: case when len(said) = 1 then said[1] else '[' || array_to_string(said, ',') || ']' end
                    )[1]
                ),
                ','
            )
        ),
        ','
    ), '') || '}'
);

-- One header of a list of them: an object with its name and its value, a list of both, an object that says nothing else, or a text
-- as it was sent. The name is null in anything else.
create or replace macro header_pair(item) as (
    case json_type(item)
        when 'ARRAY' then { 'name': json_extract_string(item, '$[0]'), 'value': json_extract(item, '$[1]') }
        when 'OBJECT'
            then case
                when len(json_keys(item)) = 1
                    then { 'name': json_keys(item)[1], 'value': json_extract(item, '$.*')[1] }
                else {
                    'name': coalesce(
                        json_extract_string(item, '$.name'), json_extract_string(item, '$.Name'),
                        json_extract_string(item, '$.key'), json_extract_string(item, '$.Key')
                    ),
                    'value': coalesce(
                        json_extract(item, '$.value'), json_extract(item, '$.Value'), json_extract(item, '$.values')
                    )
                }
            end
        when 'VARCHAR' then {
            'name': nullif(regexp_extract(json_extract_string(item, '$'), '^([!-9;-~]+):', 1), ''),
            'value': to_json(trim(regexp_replace(json_extract_string(item, '$'), '^[^:]*:', '')))
        }
    end
);

-- The object that a list of headers is; null where one of them cannot be read, or they are more than any server takes.
create or replace macro object_of_headers(items) as (
    list_transform(
        [case when len(items) <= 1000 then list_transform(items, lambda item: header_pair(item)) end],
        lambda pairs: case
            when len(list_filter(pairs, lambda pair: pair.name is null)) = 0 then object_of_pairs(pairs)
        end
    )[1]
);

-- What is kept under the name of headers where that is no header and its value but several kinds of headers, each an object of its
-- own: those of the request, as an object or a list, or a text where none is called so. Null where it is an object of headers; a header may be an object
-- that holds its value.
create or replace macro headers_inside(held) as (
    coalesce(
        list_transform(
            list_transform(
                list_filter(
                    json_keys(held), lambda key: regexp_full_match(lower(key), '(?:http[_-]?)?req(?:uest)?[_-]?(?:headers?)?')
                ),
                lambda key: json_extract(held, '$."' || key || '"')
            ),
            lambda kind: case
                when json_type(coalesce(json_extract(kind, '$.headers'), kind)) in ('OBJECT', 'ARRAY')
                    then cast(coalesce(json_extract(kind, '$.headers'), kind) as varchar)
            end
        )[1],
        case
            when
                len(list_filter(
                    json_extract(held, '$.*'),
                    lambda value: json_type(value) = 'OBJECT'
                    and coalesce(json_type(value, '$.value'), json_type(value, '$.Value'), json_type(value, '$.values')) is null
                )) > 0
                then '""'
        end
    )
);

-- The headers at a path of an object, where they are a list, a text, or one of several kinds there, as an object; null where they
-- are one already, and where they cannot be read.
create or replace macro headers_object(object, path) as (
    list_transform(
        list_transform(
            [{ 'kind': json_type(object, path), 'text': json_extract_string(object, path) }],
            lambda written: case
                when
                    written.kind in ('OBJECT', 'ARRAY')
                    or written.kind = 'VARCHAR'
                    and json_valid(written.text)
                    and strlen(written.text) - strlen(replace(replace(written.text, '{', ''), '[', '')) <= 1000
                    then case json_type(written.text)
                        when 'OBJECT'
                            then coalesce(headers_inside(written.text), case when written.kind = 'VARCHAR' then written.text end)
                        when 'ARRAY' then written.text
                    end
            end
        ),
        lambda found: case when json_type(found) = 'ARRAY' then object_of_headers(from_json(found, '["JSON"]')) else found end
    )[1]
);

-- The line that an object keeps under a key, as a text or an object; the line itself where there is none, or two.
create or replace macro line_inside(line, path) as (
    case
        when starts_with(ltrim(line, chr(65279)), '{') and json_valid(ltrim(line, chr(65279)))
            then case
                when len(json_keys(ltrim(line, chr(65279)))) > len(list_distinct(json_keys(ltrim(line, chr(65279))))) then line
                when json_type(ltrim(line, chr(65279)), path) in ('VARCHAR', 'OBJECT')
                    then rtrim(json_extract_string(ltrim(line, chr(65279)), path), chr(13) || chr(10))
                else line
            end
        else line
    end
);

-- What stands behind this pattern at the beginning of a line, without its end; null where it does not begin so.
create or replace macro behind(text, pattern) as (
    case when regexp_matches(text, pattern) then rtrim(regexp_replace(text, pattern, ''), e'\r\n') end
);

-- What is said of a line that is wrapped otherwise than most of its log, whose lines have these wrappings: a prefix or an object, and
-- the command that takes it away. Null where it is not, or where the line inside is none of this pattern.
create or replace macro wrapped_otherwise(line, wrappings, pattern) as (
    list_transform(
        list_filter(
            [
                {
                    'kind': 'log',
                    'inside': case
                        when starts_with(line, '{') and json_valid(line) and json_type(line, '$.stream') = 'VARCHAR'
                            then rtrim(json_extract_string(line, '$.log'), e'\r\n')
                    end,
                    'what': 'docker keeps this line in an object, under log',
                    'command': 'jq -rR ''. as $line | (fromjson? | objects | .log | strings | rtrimstr("\n")) // $line'''
                },
                {
                    'kind': 'cri',
                    'inside': behind(line, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]+ std(?:out|err) F '),
                    'what': 'a container''s runtime (CRI) has put something before this line',
                    'command': 'sed -E ''s/^[0-9-]+T[^ ]+ std(out|err) F //'''
                },
                {
                    'kind': 'syslog',
                    'inside': behind(line, '^(?:<[0-9]{1,3}>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [^ ]+ [^ :]+: ?'),
                    'what': 'syslog has put something before this line',
                    'command': 'sed -E ''s/^(<[0-9]+>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [^ ]+ [^ :]+: ?//'''
                },
                {
                    'kind': 'compose',
                    'inside': behind(line, '^[A-Za-z0-9_.-]+ +[|] '),
                    'what': 'docker compose has put a name before this line',
                    'command': 'sed -E ''s/^[A-Za-z0-9_.-]+ +[|] //'''
                }
            ],
            lambda one: not list_contains(wrappings, one.kind) and coalesce(regexp_matches(one.inside, pattern), false)
        ),
        lambda said: said.what || ', and other lines of the log are kept otherwise: ' || said.command
        || ' FILE > NEW takes that away; unload FILE if it is loaded, and load NEW'
    )[1]
);

-- A header that was logged as an object with its value, or a list of values, as CDNs write it; any other as it is.
create or replace macro header_value(text) as (
    case
        when starts_with(text, '{') and json_valid(text)
            then coalesce(
                json_extract_string(text, '$.value'), json_extract_string(text, '$.Value'), json_extract_string(text, '$.values'), text
            )
        else text
    end
);

-- The values of a header that was logged as a list; null for one that was logged as a text.
create or replace macro listed(text) as (
    case
        when starts_with(header_value(text), '[') then try(list_filter(
            list_transform(from_json(header_value(text), '["VARCHAR"]'), lambda value: header_value(value)), lambda value: value is not null
        ))
    end
);

-- A list of values as it would stand in one header line.
create or replace macro joined_list(text) as (
    case
        when starts_with(text, '[') or starts_with(text, '{') then coalesce(array_to_string(listed(text), ', '), header_value(text))
        else text
    end
);

-- One row per row of user_agent_texts(code, text): the distinct user agents of a block.
create or replace table user_agent_texts (code integer, text varchar);

create or replace view user_agents as
select code, redacted_user_agent(text) as user_agent
from user_agent_texts;
