-- `raw` where the operator has named a host, without the lines that name another one: nobody's calls become somebody else's because
-- the field that says whose they are was not found. One row per row of `raw`, in order. A format that knows its fields says itself
-- what stands in those that it does not read (`raw.other_host`): it can tell a referrer from them.
with other as (
    select line_number, lower(platform_host_in(line)) as host
    from lines
    where
        regexp_matches(line, getvariable('platform_domain'))
        and platform_host_in(line) is not null
        and not regexp_matches(without_callers_words(line), getvariable('named_host'))
),

named as (
    select
        raw.*,
        case
            when raw.fate is null and starts_with(lower(raw.base), 'https://' || lower(getvariable('default_host')))
                then coalesce(raw.other_host, other.host)
        end as named_host
    from raw
    left join other on other.line_number = raw.line_number
)

select
    * exclude (named_host) replace (
        case when named_host is null then fate else 'no_customer' end as fate,
        case
            when named_host is null then detail
            else
                named_host || ' stands in the line, in a field that is not read as the host, and --host names another:'
                || ' ' || getvariable('says_host')
        end as detail
    )
from named
order by line_number
