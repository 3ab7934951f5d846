-- Headers that stand in one value, as a JSON object.

-- One header of a list of them: an object with its name and its value, a list of both, an object that says nothing else, or a text
-- as it was sent. The name is null in anything else.
create or replace macro header_pair(item) as (
    case json_type(item)
        when 'ARRAY' then { 'name': json_extract_string(item, '$[0]'), 'value': json_extract(item, '$[1]') }
        when 'OBJECT'
            then case
                when len(json_keys(item)) = 1
                    then { 'name': json_keys(item)[1], 'value': json_extract(item, '$.*')[1] }
                else {
                    'name': coalesce(
                        json_extract_string(item, '$.name'), json_extract_string(item, '$.Name'),
                        json_extract_string(item, '$.key'), json_extract_string(item, '$.Key')
                    ),
                    'value': coalesce(
                        json_extract(item, '$.value'), json_extract(item, '$.Value'), json_extract(item, '$.values')
                    )
                }
            end
        when 'VARCHAR' then {
            'name': nullif(regexp_extract(json_extract_string(item, '$'), '^([!-9;-~]+):', 1), ''),
            'value': to_json(trim(regexp_replace(json_extract_string(item, '$'), '^[^:]*:', '')))
        }
    end
);

-- The object that a list of headers is; null where one of them cannot be read, or they are more than any server takes.
create or replace macro object_of_headers(items) as (
    list_transform(
        [case when len(items) <= 1000 then list_transform(items, lambda item: header_pair(item)) end],
        lambda pairs: case
            when len(list_filter(pairs, lambda pair: pair.name is null)) = 0 then object_of_pairs(pairs)
        end
    )[1]
);

-- What is kept under the name of headers where that is no header and its value but several kinds of headers, each an object of its
-- own: those of the request, as an object or a list, or a text where none is called so. Null where it is an object of headers; a header may be an object
-- that holds its value.
create or replace macro headers_inside(held) as (
    coalesce(
        list_transform(
            list_transform(
                list_filter(
                    json_keys(held), lambda key: regexp_full_match(lower(key), '(?:http[_-]?)?req(?:uest)?[_-]?(?:headers?)?')
                ),
                lambda key: json_extract(held, '$."' || key || '"')
            ),
            lambda kind: case
                when json_type(coalesce(json_extract(kind, '$.headers'), kind)) in ('OBJECT', 'ARRAY')
                    then cast(coalesce(json_extract(kind, '$.headers'), kind) as varchar)
            end
        )[1],
        case
            when
                len(list_filter(
                    json_extract(held, '$.*'),
                    lambda value: json_type(value) = 'OBJECT'
                    and coalesce(json_type(value, '$.value'), json_type(value, '$.Value'), json_type(value, '$.values')) is null
                )) > 0
                then '""'
        end
    )
);

-- The headers at a path of an object, where they are a list, a text, or one of several kinds there, as an object; null where they
-- are one already, and where they cannot be read.
create or replace macro headers_object(object, path) as (
    list_transform(
        list_transform(
            [{ 'kind': json_type(object, path), 'text': json_extract_string(object, path) }],
            lambda written: case
                when
                    written.kind in ('OBJECT', 'ARRAY')
                    or written.kind = 'VARCHAR'
                    and json_valid(written.text)
                    and strlen(written.text) - strlen(replace(replace(written.text, '{', ''), '[', '')) <= 1000
                    then case json_type(written.text)
                        when 'OBJECT'
                            then coalesce(headers_inside(written.text), case when written.kind = 'VARCHAR' then written.text end)
                        when 'ARRAY' then written.text
                    end
            end
        ),
        lambda found: case when json_type(found) = 'ARRAY' then object_of_headers(from_json(found, '["JSON"]')) else found end
    )[1]
);
