-- Lists of names and values as JSON objects.

-- A JSON object from a list of names and values, as HAR and OTLP write it. A value of OTLP says of which type it is; a name
-- that comes twice has a list of values.
create or replace macro value_of_pair(value) as (
    case
        when starts_with(value, '{')
            then coalesce(
                json_extract(value, '$.stringValue'),
                json_extract(value, '$.intValue'),
                json_extract(value, '$.doubleValue'),
                json_extract(value, '$.boolValue'),
                to_json(json_extract_string(value, '$.arrayValue.values[*].stringValue')),
                'null'
            )
        else coalesce(value, 'null')
    end
);

create or replace macro object_of_pairs(pairs) as (
    '{' || coalesce(array_to_string(
        list_transform(
            [pairs],
            lambda given: array_to_string(
                list_transform(
                    list_distinct(list_transform(given, lambda pair: pair.name)),
                    lambda name: to_json(name) || ':' || list_transform(
                        [
                            list_transform(
                                list_filter(given, lambda pair: pair.name = name), lambda pair: value_of_pair(pair.value)
                            )
                        ],
                        lambda said: case when len(said) = 1 then said[1] else '[' || array_to_string(said, ',') || ']' end
                    )[1]
                ),
                ','
            )
        ),
        ','
    ), '') || '}'
);
