-- `raw` where the operator has named a host, without the lines that name another one: nobody's calls become somebody else's because
-- the field that says whose they are was not found. One row per row of `raw`, in order.
with other as (
    select line_number, lower(platform_host_in(line)) as host
    from lines
    where
        regexp_matches(line, getvariable('platform_domain'))
        and platform_host_in(line) is not null
        and not contains(lower(without_callers_words(line)), lower(getvariable('default_host')))
)
select
    raw.* replace (
        case when other.host is null then raw.fate else 'no_customer' end as fate,
        case
            when other.host is null then raw.detail
            else other.host || ' stands in the line, in a field that is not read as the host, and --host names another:'
                || ' --layout or --dialect says which field it is'
        end as detail
    )
from raw
left join other
    on other.line_number = raw.line_number
    and raw.fate is null
    and starts_with(lower(raw.base), 'https://' || lower(getvariable('default_host')))
order by raw.line_number
