-- What a URL says from its question mark on.

-- One row per row of request_query_texts(code, query): the distinct query strings of a block, with the question mark.
create or replace table request_query_texts (code integer, query varchar);

-- The first two hundred parts of a list of names or numbers; none without a list.
create or replace macro listed_parts(list_text) as coalesce(
    string_split_regex(
        case
            when length(list_text) > 400 then regexp_extract(list_text, '^(?:[^,;]*[,;]){0,199}[^,;]*')
            else list_text
        end,
        '[,;]'
    ),
    []
);

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
        decoded(replace(list_filter(pairs, lambda pair: pair.name = 'filterjson')[1].value, '+', ' ')) as json_text,
        decoded(replace(list_filter(pairs, lambda pair: pair.name = 'operatortypes')[1].value, '+', ' ')) as operators_text
    from split
),

named as (
    select
        *,
        list_transform(
            list_concat(
                listed_parts(fields_text),
                coalesce(regexp_extract_all(json_text, '(?i)"@?FieldId"\s*:\s*"([^"]*)"', 1)[:200], [])
            ),
            lambda name: trim(name)
        ) as names,
        -- No operator has more than two digits. A number that somebody has, as a citizen service number, does.
        list_transform(
            list_filter(
                list_concat(
                    listed_parts(operators_text),
                    coalesce(regexp_extract_all(json_text, '(?i)"@?OperatorType"\s*:\s*"?\s*([0-9]+)\s*[",}]', 1)[:200], [])
                ),
                lambda operator: regexp_full_match(operator, ' *[1-9][0-9]? *')
            ),
            lambda operator: cast(trim(operator) as integer)
        ) as operator_types
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
    filter_fields,
    operator_types
from named
left join filtered using (names);
