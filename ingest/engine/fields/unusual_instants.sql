-- Instants whose text says a zone by its name, or is written in a format of its own.

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
