-- What a request URL says, in two halves: request_bases before the question mark, request_queries from it on.
--
--   https://54321.rest.afas.online/ProfitRestServices/connectors/KnSubject?skip=0&take=100
--           ----- ---------------- ------------------ --------------------
--           |     |                |                  what is called: operation, connector, endpoint
--           |     |                service, any case
--           |     suffix: product, protocol, environment (catalogue/hosts.toml)
--           customer
--
-- No value of a path or a query leaves this file: only names, and they pass redacted_name.

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

-- DELETE connectors/KnSubject/KnSubject/@Id/12: element, keys, values, and again for sub-rows. Values are dropped. The @ of
-- a key may be missing in the URL and is always written in the template. `names` are the parts as names, redacted. Who puts a
-- value where an element belongs would have it kept: of elements only the known ones stay.
create or replace macro is_element(name) as (
    list_contains(known_elements(), lower(name)) or regexp_full_match(name, '(?i)kns[0-9]{2}|kncustomk[0-9]{2}')
);

create or replace macro delete_template(parts, names) as (
    array_to_string(
        list_filter(
            [
                case i % 3
                    when 1 then case when is_element(names[i]) then names[i] else 'redacted' end
                    -- without a value behind it, and without its @, it may be one
                    when 2
                        then case
                            when i = len(parts) and not starts_with(part, '@') then '@redacted'
                            else '@' || replace(names[i], ',', ',@')
                        end
                end for part, i in parts
            ],
            lambda part: part is not null
        ),
        '/'
    )
);

-- The operation of a call: what its base says, unless a SOAP service is asked for its own description.
create or replace macro operation_of(operation, is_soap_service, method, asks_for_wsdl) as (
    case when is_soap_service and method = 'GET' and asks_for_wsdl then 'metainfo' else operation end
);

-- One row per row of request_base_texts(code, method, base): the distinct methods and URLs of a block.
create or replace table request_base_texts (code integer, method varchar, base varchar);

create or replace view request_bases as
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
),

-- kind: which line of the documentation's tables the path is; rest: what follows the words that decided it
routed as (
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
    from hosted
),

-- parts: those of the path that are names, at their places, and behind them the words of an SB customer. Values are left out.
parted as (
    select
        *,
        case when product = 'sb' then 'customer' when kind = 'connector' and method = 'DELETE' then 'delete' else 'other' end as place,
        list_concat(
            case
                when kind = 'connector' and method = 'DELETE'
                    then [case when i > 2 and (i = 3 or i % 3 > 0) then part end for part, i in path]
                when kind = 'connector' and method in ('POST', 'PUT') then [null, null, path[3], path[4]]
                when kind in ('connector', 'api', 'bi') then [null, null, path[3]]
                when kind = 'metainfo' then [null, null, null, path[4]]
                when kind = 'service' then [null, path[2][:-6]]
                else []
            end,
            case when product = 'sb' then case when kind = 'api' then [label, low[1]] else [null, null, null, label, low[1]] end else [] end
        ) as parts
    from routed
),

-- names: the parts as they may be shown. The same ones come back from customer to customer, and each is judged once. In a delete
-- path the second of three is a list of keys.
named as (
    select
        parts,
        place,
        [
            array_to_string(
                list_transform(
                    case
                        when place = 'delete' and i > 4 and i % 3 = 2
                            then list_transform(string_split(part, ','), lambda key: ltrim(key, '@'))
                        else [part]
                    end,
                    lambda name: case
                        -- a number is a customer of SB, but no name
                        when regexp_matches(name, '[A-Za-z]') or i > 3 and place = 'customer' then redacted_word(name)
                        else 'redacted'
                    end
                ),
                ','
            ) for part, i in parts
        ] as names
    from (select distinct parts, place from parted)
),

customers as (
    select
        parted.*,
        named.names,
        case kind
            when 'connector' then 3
            when 'metainfo' then case when low[3] in ('get', 'update') then 4 end
            when 'api' then 3
        end as connector_at,
        case
            when product = 'profit' and regexp_full_match(label, '[1-9][0-9]{3,6}') then label
            when
                product = 'sb'
                and regexp_full_match(label, '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?')
                and low[1] not in ('app', 'authentication', 'api')
                then names[4] || '/' || case when regexp_full_match(low[1], '[a-z0-9_-]{1,64}') then names[5] else 'redacted' end
        end as customer
    from parted
    left join named on named.parts = parted.parts and named.place = parted.place
),

spelled as (
    select
        customers.*,
        coalesce(official_connectors.connector, names[connector_at]) as connector,
        services.service,
        services.operation as service_operation
    from customers
    left join official_connectors on official_connectors.lower_connector = low[connector_at]
    left join soap_services as services on kind = 'service' and services.lower_service = low[2]
)

select
    code,
    case
        when not is_url and not is_relative then 'bad_url'
        when is_relative or is_bare_suffix then 'no_customer'
        when product is null then 'unknown_host'
        when customer is null then 'no_customer'
    end as reason,
    product,
    protocol,
    environment,
    customer,
    case kind
        when 'connector'
            then case method
                when 'GET' then 'get'
                when 'POST' then 'insert'
                when 'PUT' then 'update'
                when 'DELETE' then 'delete'
                else 'other'
            end
        when 'api'
            then case method
                when 'GET' then 'get'
                when 'POST' then 'insert'
                when 'PUT' then 'update'
                when 'DELETE' then 'delete'
                else 'other'
            end
        when 'metainfo' then 'metainfo'
        when 'attachment' then 'attachment'
        when 'report' then 'report'
        when 'version' then 'version'
        when 'auth' then 'auth'
        when 'oauth' then 'auth'
        when 'sign_in' then 'auth'
        when 'bi' then 'bi'
        when 'service'
            then case when method = 'POST' then coalesce(service_operation, 'other') else 'other' end
        else 'other'
    end as operation,
    connector,
    case kind
        when 'connector'
            then 'connectors/' || connector
            || case
                when method = 'DELETE' and len(path) > 3 then '/' || delete_template(path[4:], names[4:])
                when method in ('POST', 'PUT') and len(path) > 3 then '/' || names[4]
                else ''
            end
        when 'metainfo'
            then 'metainfo'
            || case when low[3] in ('get', 'update') then '/' || low[3] else '' end
            || coalesce('/' || connector, '')
        when 'attachment'
            then case low[2]
                when 'subjectconnector' then 'SubjectConnector'
                when 'fileconnector' then 'FileConnector'
                else 'ImageConnector'
            end
        when 'report' then 'ReportConnector'
        when 'version' then 'ProfitVersion'
        when 'auth' then case low[2] when 'otprequest' then 'OtpRequest' else 'OtpValidation' end
        when 'oauth' then 'oauth/' || low[3]
        when 'bi'
            then 'bi/' || names[3]
            || case when regexp_full_match(low[4], 'v[0-9]{1,2}') then '/' || low[4] else '' end
        when 'service' then coalesce(service, names[2]) || '.asmx'
        when 'api' then 'api/' || connector
        when 'sign_in' then low[2]
        else 'other'
    end as endpoint,
    kind = 'service' as is_soap_service
from spelled;

-- One row per row of request_query_texts(code, query): the distinct query strings of a block, with the question mark.
create or replace table request_query_texts (code integer, query varchar);

create or replace view request_queries as
-- The first 32,768 characters are looked at (servers take 8,192 or 16,384), in them two hundred parameters and two hundred names of
-- fields. No call has as many, and of a line of nothing but separators every other byte would become a text of its own, with all
-- that is asked of one.
with split as (
    select
        code,
        query,
        list_transform(
            string_split(
                case
                    when length(query) > 400 then regexp_extract(substr(query, 2, 32768), '^(?:[^&]*&){0,199}[^&]*')
                    else substr(query, 2)
                end,
                '&'
            ),
            lambda pair: {
                'name': lower(decoded(split_part(pair, '=', 1))),
                'value': substr(pair, length(split_part(pair, '=', 1)) + 2)
            }
        ) as pairs
    from request_query_texts
),

picked as (
    select
        code,
        query,
        list_filter(pairs, lambda pair: pair.name = 'skip')[1].value as skip_text,
        list_filter(pairs, lambda pair: pair.name = 'take')[1].value as take_text,
        list_contains(list_transform(pairs, lambda pair: pair.name), 'orderbyfieldids') as ordered,
        decoded(replace(list_filter(pairs, lambda pair: pair.name = 'filterfieldids')[1].value, '+', ' ')) as fields_text,
        decoded(replace(list_filter(pairs, lambda pair: pair.name = 'filterjson')[1].value, '+', ' ')) as json_text
    from split
),

named as (
    select
        *,
        list_transform(
            list_concat(
                coalesce(
                    string_split_regex(
                        case
                            when length(fields_text) > 400 then regexp_extract(fields_text, '^(?:[^,;]*[,;]){0,199}[^,;]*')
                            else fields_text
                        end,
                        '[,;]'
                    ),
                    []
                ),
                coalesce(regexp_extract_all(json_text, '(?i)"@?FieldId"\s*:\s*"([^"]*)"', 1)[:200], [])
            ),
            lambda name: trim(name)
        ) as names
    from picked
),

-- The same names come back with ever new values beside them, and each is judged once.
filtered as (
    select
        names,
        list_filter(
            names, lambda name: regexp_full_match(name, '[A-Za-z_][A-Za-z0-9_]{0,63}') and redacted_name(name) = name
        ) as filter_fields
    from (select distinct names from named)
)

select
    code,
    regexp_matches(query, '(?i)^\?(single)?wsdl(=|&|$)') as asks_for_wsdl,
    cast(length(query) as integer) as query_length,
    case when regexp_full_match(decoded(skip_text), '-?[0-9]{1,18}') then try_cast(decoded(skip_text) as bigint) end as skip,
    case when regexp_full_match(decoded(take_text), '-?[0-9]{1,18}') then try_cast(decoded(take_text) as bigint) end as take,
    ordered,
    filter_fields
from named
left join filtered using (names);
