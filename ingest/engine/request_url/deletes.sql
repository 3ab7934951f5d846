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
