-- Elements of a SOAP envelope.

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
