-- The instants of a log, as standards write them.

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
