-- Which host of the platform a URL has, and which line of the documentation's tables its path is.

-- One row per row of request_base_texts(code, method, base): the distinct methods and URLs of a block.
create or replace table request_base_texts (code integer, method varchar, base varchar);

-- One row per row of request_base_texts. kind: the line of the tables; label: the first part of the host, which names whose it is;
-- path and low: the parts of the path, decoded, as they are and in lower case.
create or replace view request_routes as
with split as (
    select
        code,
        method,
        base,
        regexp_extract(with_scheme(base), '(?is)^(https?)://([^/]*)(/.*)?$', ['scheme', 'authority', 'path']) as url,
        starts_with(with_scheme(base), '/') as is_relative
    from request_base_texts
),

addressed as (
    select
        code,
        method,
        is_relative,
        url.scheme <> '' and url.authority <> '' as is_url,
        -- user information, port and the root's trailing dot do not matter
        regexp_replace(regexp_replace(lower(url.authority), '^.*@', ''), '\.?(:[0-9]*)?$', '') as host,
        list_filter(
            list_transform(string_split(url.path, '/'), lambda part: decoded(part)), lambda part: part <> ''
        ) as path
    from split
),

hosted as (
    select
        code,
        method,
        is_relative,
        is_url,
        split_part(host, '.', 1) as label,
        path,
        list_transform(path, lambda part: lower(part)) as low,
        known.product,
        coalesce(known.protocol, case when lower(path[1]) = 'profitservices' then 'soap' else 'rest' end) as protocol,
        known.environment,
        exists (from host_patterns as bare where bare.suffix = addressed.host) as is_bare_suffix
    from addressed
    left join host_patterns as known on known.suffix = substr(addressed.host, strpos(addressed.host, '.') + 1)
)

select
    *,
    case
        when product = 'profit' and protocol = 'rest' and low[1] = 'profitrestservices'
            then case
                when low[2] = 'connectors' and len(low) >= 3 then 'connector'
                when low[2] = 'metainfo' then 'metainfo'
                when low[2] in ('subjectconnector', 'fileconnector', 'imageconnector') then 'attachment'
                when low[2] = 'reportconnector' then 'report'
                when low[2] = 'profitversion' then 'version'
                when low[2] in ('otprequest', 'otpvalidation') then 'auth'
                when low[2] = 'oauth' and low[3] in ('authorize', 'token') then 'oauth'
                when low[2] = 'bi' and len(low) >= 3 then 'bi'
            end
        when product = 'profit' and protocol = 'soap' and low[1] = 'profitservices' and suffix(low[2], '.asmx')
            then 'service'
        when product = 'sb'
            then case
                when low[2] = 'api' and len(low) >= 3 then 'api'
                when low[2] in ('app', 'authentication') then 'sign_in'
            end
    end as kind
from hosted;
