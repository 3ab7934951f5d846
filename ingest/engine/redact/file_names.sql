-- Names of files and streams.

-- A part of a path with the id of a container in it (64 hexadecimal digits) as docker shows it: its first twelve digits, or the next
-- twelve that nobody takes for a number or for letters that are spelled in hexadecimal. So two containers are told apart, and of a key
-- that looks the same a fifth is kept. One that spells something stays as long as it is, which no part of a path may be.
create or replace macro with_short_container_id(part) as (
    list_transform(
        [regexp_extract(part, '(?:^|[^0-9A-Za-z])([0-9a-f]{64})(?:$|[^0-9A-Za-z])', 1)],
        lambda id: case
            when id = '' or spells(id) and tells(substr(plain_text(id), length(id) + 1)) then part
            else replace(part, id, coalesce(
                list_filter(
                    list_transform([1, 13, 25, 37, 49], lambda place: substr(id, place, 12)),
                    lambda digits: regexp_matches(digits, '[a-f]')
                    and not regexp_matches(digits, '[0-9]{8}')
                    and not regexp_full_match(digits, '(?:[2-7][0-9a-f]){6}')
                )[1],
                id
            ))
        end
    )[1]
);

-- A part of a path as it is stored: looked at as any other text, without what people put into names of logs: times, ids, and the
-- address of the server that wrote it. What tells something goes, the endings stay that say what kind of file it is.
create or replace macro redacted_part(part) as (
    list_transform(
        [
            deciphered(regexp_replace(
                regexp_replace(
                    part,
                    '20[0-9]{2}[._-]?[01][0-9][._-]?[0-3][0-9](?:[T_.-]?[0-2][0-9](?:[._-]?[0-5][0-9]){0,2}(?:[._-][0-9]{3,6})?Z?)?([^0-9]|$)',
                    '~\1', 'g'
                ),
                '(^|[^0-9])(?:1[4-9][0-9]{8}(?:[0-9]{3}){0,3}|[1-9][0-9]{3,6}_[1-9][0-9]{0,8}|(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))($|[^0-9])'
                || '|((?i:ex))2[0-9][01][0-9][0-3][0-9][0-2][0-9]($|[^0-9])',
                '\1\3~\2\4', 'g'
            ))
        ],
        lambda read: case
            when
                has_secret(read)
                or has_somebodys_number(read)
                or regexp_matches(read, '[0-9]{12}|[A-Za-z0-9]{41}|[A-Za-z0-9+/=_-]{65}')
                then 'redacted' || regexp_extract(part, '(?i)(?:\.(?:log|txt|json|jsonl|ndjson|csv|tsv|har|parquet|gz|zst|zstd|bz2|[0-9]{1,3}))*$')
            else part
        end
    )[1]
);

-- The name of a file with its folders, or of a stream, each part of it looked at by itself.
create or replace macro redacted_file_name(text) as (
    case
        when is_text(text)
            -- array_to_string would say the list twice
            then coalesce(
                list_aggregate(
                    list_transform(
                        regexp_extract_all(text, '[/\\]+|[^/\\]+'),
                        lambda part: list_transform([with_short_container_id(part)], lambda short: redacted_part(short))[1]
                    ),
                    'string_agg',
                    ''
                ),
                ''
            )
    end
);
