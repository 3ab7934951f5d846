-- What a request URL says, in two halves: request_bases before the question mark, request_queries from it on.
--
--   https://54321.rest.afas.online/ProfitRestServices/connectors/KnSubject?skip=0&take=100
--           ----- ---------------- ------------------ --------------------
--           |     |                |                  what is called: operation, connector, endpoint
--           |     |                service, any case
--           |     suffix: product, protocol, environment (catalogue/hosts.toml)
--           customer
--
-- No value of a path or a query leaves this folder: only names, and they pass redacted_name.

-- A URL that begins with a host of the platform, as some log it and browsers show it, has a scheme as well.
create or replace macro with_scheme(url) as (
    case
        when regexp_full_match(url, getvariable('platform_url')) then 'https://' || ltrim(url, '/')
        else url
    end
);

-- The URL without its fragment, which servers are not sent but some clients log.
create or replace macro url_without_fragment(url) as (
    case when contains(url, '#') then split_part(url, '#', 1) else url end
);

create or replace macro url_base(url) as split_part(url_without_fragment(url), '?', 1);

-- The query string with its question mark; '' where there is none.
create or replace macro url_query(url) as (
    case
        when not contains(url, '?') then ''
        else substr(url_without_fragment(url), length(split_part(url_without_fragment(url), '?', 1)) + 1)
    end
);

-- Percent-decoded once. What is no valid UTF-8 then stays as it was.
create or replace macro decoded(text) as (
    case when contains(text, '%') then coalesce(try(url_decode(replace(text, '+', '%2B'))), text) else text end
);
