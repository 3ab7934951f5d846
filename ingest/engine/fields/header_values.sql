-- The values of one header.

-- A header that was logged as an object with its value, or a list of values, as CDNs write it; any other as it is. Null where that
-- value is null.
create or replace macro header_value(text) as (
    case
        when starts_with(text, '{') and json_valid(text)
            then coalesce(
                json_extract_string(text, '$.value'), json_extract_string(text, '$.Value'), json_extract_string(text, '$.values'),
                case when coalesce(json_type(text, '$.value'), json_type(text, '$.Value'), json_type(text, '$.values')) is null then text end
            )
        else text
    end
);

-- The values of a header that was logged as a list; null for one that was logged as a text. [REDACTED] is no list, and is asked first: an
-- error that `try` catches takes as long as all else that is read of a line.
create or replace macro listed(text) as (
    case
        when starts_with(header_value(text), '[') and json_valid(header_value(text)) then try(list_filter(
            list_transform(from_json(header_value(text), '["VARCHAR"]'), lambda value: header_value(value)), lambda value: value is not null
        ))
    end
);

-- The values of a header, be it logged as a list or as a text.
create or replace macro values_sent(text) as (
    coalesce(listed(text), [header_value(text)])
);

-- A list of values as it would stand in one header line; null where it holds none.
create or replace macro joined_list(text) as (
    case
        when starts_with(text, '[') or starts_with(text, '{') then list_aggregate(values_sent(text), 'string_agg', ', ')
        else text
    end
);

-- Headers of one name, each with its place: those that have a value, in order.
create or replace macro in_order_sent(headers) as (
    list_sort(list_filter(headers, lambda header: header.value is not null))
);

-- The values of all of them, as a list that is JSON.
create or replace macro sent_together(headers) as (
    cast(to_json(flatten(list_transform(in_order_sent(headers), lambda header: values_sent(header.value)))) as varchar)
);

-- The first of them, as it was logged.
create or replace macro sent_first(headers) as (
    in_order_sent(headers)[1].value
);
