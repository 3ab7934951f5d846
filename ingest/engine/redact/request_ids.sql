-- Ids of requests.

-- What of a request or trace id is left to be judged: '' where a program has chosen all of it, null where no id is written like
-- that. In one that is written as a trace id only what its hexadecimal digits spell can tell, where they can spell anything.
create or replace macro unjudged_part(text) as (
    case
        when is_written_as_trace_id(text) then case when spells(text) then substr(plain_text(text), length(text) + 1) else '' end
        when regexp_full_match(text, '[A-Za-z0-9_.:-]{1,128}') then without_trace_ids(text)
    end
);

-- The same, sooner said of most ids: UUIDs, and hexadecimal digits with a letter among them, in the lengths of programs. The
-- patterns of unjudged_part cost ten times as much; a test holds that they say the same of these.
create or replace macro unjudged_request_id(text) as (
    case
        when
            length(text) in (32, 36)
            and regexp_full_match(text, '(?i)[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
            and not spells(text)
            then ''
        when
            length(text) in (8, 12, 16, 20, 24)
            and regexp_full_match(text, '[0-9]*[a-f][0-9a-f]*|[0-9]*[A-F][0-9A-F]*')
            and not regexp_full_match(text, '(?:[2-7][0-9A-Fa-f])+')
            then '~'
        else unjudged_part(text)
    end
);

-- A request id of which `unjudged` is left to be judged. Forty characters may be random, more may not: that is a key.
create or replace macro judged_request_id(text, unjudged) as (
    case
        when text is null or text in ('', '-') then null
        when unjudged in ('', '~') then text
        when
            unjudged is null
            or length(unjudged) > 40 and is_random(unjudged)
            or regexp_matches(unjudged, '[A-Za-z0-9]{41}|~.*~.*~')
            or tells(unjudged)
            then 'redacted'
        else text
    end
);

-- Whoever has many of them (understood.sql) asks for unjudged_request_id first, in a column of its own: the engine prepares the
-- patterns inside of a lambda again for every two thousand rows.
create or replace macro redacted_request_id(text) as (
    list_transform([unjudged_request_id(text)], lambda unjudged: judged_request_id(text, unjudged))[1]
);
