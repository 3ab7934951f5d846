-- Times that name their month.

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
