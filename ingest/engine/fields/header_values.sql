-- The values of one header.

-- A header that was logged as an object with its value, or a list of values, as CDNs write it; any other as it is.
create or replace macro header_value(text) as (
    case
        when starts_with(text, '{') and json_valid(text)
            then coalesce(
                json_extract_string(text, '$.value'), json_extract_string(text, '$.Value'), json_extract_string(text, '$.values'), text
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

-- A list of values as it would stand in one header line.
create or replace macro joined_list(text) as (
    case
        when starts_with(text, '[') or starts_with(text, '{') then coalesce(array_to_string(listed(text), ', '), header_value(text))
        else text
    end
);
