-- The beginning of a line that is no call, 200 characters at most, by a list of what may stay: structure, names of fields, ids,
-- hosts of the platform, official connectors, methods, times, small numbers. Everything else becomes a bullet. A word stays for
-- the place it has, never for itself: jan is a month inside a date alone, and status is a field before a colon. So nobody's name
-- stays, be it a word that a log is full of. The same twice is the same once.

-- What is looked at as one thing, in this order: the first that fits.
create or replace macro sample_pattern() as (
    -- a user in JSON, whatever the value looks like
    '"[^":{}]*(?i:user|login|account|owner)[^":{}]*"\s*:\s*(?:"[^"]*"|[0-9]+)'
    -- a URL, ids and customers
    || '|(?i:https?://)|HTTP/[0-9.]+|/[A-Za-z0-9_.-]+'
    || '|[1-9][0-9]{3,6}_[1-9][0-9]{0,8}\b'
    || '|(?i:[1-9][0-9]{3,6}\.(?:(?:rest|soap)(?:test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl)\b)'
    || '|(?i:\.(?:(?:rest|soap)(?:test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl|afasfocus\.nl)\b)'
    -- times: 2026-10-01T09:00:00.250Z, 01/Oct/2026:09:00:00 +0200, 1 Oct 2026, Oct  1 09:00:00, 10/1/2026
    -- (with whatever digits run on behind one, so that all of it is judged at once)
    || '|20[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-9]+)*(?:[.,][0-9]+(?:\.[0-9]+)*)?Z?)?\b'
    || '|[0-3]?[0-9][ /-](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ /-]20[0-9]{2}\b'
    || '(?:(?::[0-9]+)+(?:[.,][0-9]+(?:\.[0-9]+)*)?\b(?: [+-][0-9]{4}\b)?)?'
    || '|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9]?[0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]\b'
    || '|[0-3]?[0-9][./-][0-3]?[0-9][./-]20[0-9]{2}\b'
    -- addresses: IPv6 (a clock has two colons, it has three or two in a row), IPv4
    || '|(?i:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}(?::[0-9a-f:]*)?(?:\.[0-9]+)*|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::[0-9a-f:]*(?:\.[0-9]+)*)'
    || '|[0-2]?[0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+(?:\.[0-9]+)*)?\b'
    || '|[0-9]{1,3}(?:\.[0-9]{1,3}){3}'
    -- names of fields: "status": null, status=, Authorization:
    || '|"[A-Za-z_@•][A-Za-z_@.() •-]*"\s*:(?::[0-9A-Fa-f:.]*|\s*(?:null|true|false|NaN|-?Infinity)\b)?|[A-Za-z][A-Za-z_@-]*(?:=|:(?::[0-9A-Fa-f:.]*)?)'
    -- words, numbers (one that goes on as a word is a part of that)
    || '|[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*(?:[.-][0-9]+){2,}|[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*|[0-9]+(?:[ .+_-][0-9]+)*_*\b|[0-9][0-9_]*|[^A-Za-z0-9]'
);

-- Whether a text is made of names of fields and of nothing else.
create or replace macro names_fields(text) as (
    len(list_filter(regexp_extract_all(text, '[A-Za-z]+'), lambda word: not list_contains(known_fields(), lower(word)))) = 0
);

-- Numbers with blanks, points, pluses or hyphens between them. As many digits as a citizen service number has, or three numbers
-- with points between them, are nobody's business; a status at their beginning is.
create or replace macro redacted_numbers(text) as (
    case
        when length(regexp_replace(text, '[^0-9]', '', 'g')) <= 7 and regexp_full_match(text, '[0-9 ]+|[0-9]+[.+_-][0-9]+|[0-9 ]+[.][0-9]+')
            then regexp_replace(text, '[0-9]{4,}', '•', 'g')
        when regexp_matches(text, '^[1-5][0-9]{2} ') then left(text, 3) || regexp_replace(substr(text, 4), '[0-9]+', '•', 'g')
        else regexp_replace(text, '[0-9]+', '•', 'g')
    end
);

-- A time, a date or both, and nothing behind them: a citizen service number may run on from any of them. A fraction as long as one
-- does not stay, though it may be nanoseconds: nobody can tell. Null where the text is no time.
create or replace macro redacted_time(text) as (
    case
        when
            regexp_full_match(
                text,
                '20[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]+)?)?Z?)?'
                || '|[0-3]?[0-9][ /-][A-Z][a-z]{2}[ /-]20[0-9]{2}(?::[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+)?(?: [+-][0-9]{4})?)?'
                || '|[0-3]?[0-9][./-][0-3]?[0-9][./-]20[0-9]{2}'
                || '|[A-Z][a-z]{2} [ 0-9]?[0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]'
                || '|[0-2]?[0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+)?'
            )
            then regexp_replace(text, '[0-9]{7,}Z?', '•')
    end
);

create or replace macro redacted_piece(piece) as (
    case
        when length(piece) = 1
            then case when piece <= '@' or piece in ('[', '\', ']', '^', '_', '`', '{', '|', '}', '~', '…') then piece else '•' end
        when regexp_full_match(piece, '[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*')
            then case
                when
                    piece in ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS')
                    or list_contains(known_connectors(), lower(piece)) then piece
                when regexp_full_match(piece, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') then piece
                else '•'
            end
        when redacted_time(piece) is not null then redacted_time(piece)
        when regexp_full_match(piece, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') then piece
        -- a host of the platform, or what it ends in; the names of customers before that, and what else ends like it, are texts
        when regexp_full_match(piece, '(?i)/?(?:[1-9][0-9]{3,6})?\.((rest|soap)(test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl|afasfocus\.nl)') then piece
        when regexp_full_match(piece, '[0-9]{1,3}(\.[0-9]{1,3}){3}') then '•'
        when regexp_full_match(piece, '[0-9]+([ .+_-][0-9]+)*_*') then redacted_numbers(rtrim(piece, '_')) || regexp_extract(piece, '_*$')
        -- an address glued to a name
        when contains(piece, '::') then case when starts_with(piece, '"') then '"•":•' else '•' end
        when starts_with(piece, '"') and length(piece) > 1
            then case when names_fields(regexp_extract(piece, '^"([^"]*)"', 1)) then regexp_extract(piece, '^"[^"]*"\s*:\s*') else '"•":' end
            || case when regexp_matches(piece, ':\s*["0-9]') then '"•"' else regexp_extract(piece, '[A-Za-z-]+$') end
        when starts_with(piece, '/') and length(piece) > 1
            then case
                when list_contains(known_paths(), lower(substr(piece, 2))) or list_contains(known_connectors(), lower(substr(piece, 2))) then piece
                else '/•'
            end
        when regexp_full_match(piece, '(?i)https?://|HTTP/[0-9](\.[0-9])?') then piece
        when regexp_full_match(piece, 'HTTP/[0-9.]+') then '•/•'
        when regexp_full_match(piece, '[A-Za-z][A-Za-z_@-]*[=:]') then case when names_fields(piece) then piece else '•' || right(piece, 1) end
        else '•'
    end
);
