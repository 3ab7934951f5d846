-- A line: where it ends, whether it is a comment, and what is said of one that holds no value or bytes that are none.

-- What stands before the end of a line: a line feed, and the carriage return before it if there is one.
create or replace macro line_text(line) as (
    case
        when ends_with(split_part(line, e'\n', 1), e'\r') then left(split_part(line, e'\n', 1), -1)
        else split_part(line, e'\n', 1)
    end
);

-- Whether a line is a comment. One that goes on behind a carriage return is many lines and no comment.
create or replace macro is_comment(text) as starts_with(text, '#') and not contains(rtrim(text, e'\r\n'), e'\r');

-- What is said of the NUL bytes in a line: how many, and where the first one is; null where there are none. A writer leaves them
-- whose file was cut off under it, and a file system that lost power.
-- Of one that is too long only the beginning is known.
create or replace macro nul_bytes(line, is_whole) as (
    case
        when contains(line, chr(0))
            then 'the line holds '
            || case when is_whole then format('{:,} ', length(line) - length(replace(line, chr(0), ''))) else '' end
            || 'NUL bytes, the first ' || case
                when starts_with(line, chr(0)) then 'at its beginning'
                else 'behind ' || format('{:,}', strlen(split_part(line, chr(0), 1))) || ' others'
            end || ': tr -d ''\000'' < FILE > NEW takes them out'
    end
);

-- What is said of a line that has no value for any of the fields `names`, and has fields that are called `found`.
create or replace macro lacking(names, found) as (
    list_transform(
        list_transform(
            [list_filter(names, lambda name: list_contains(found, name))],
            lambda empty: {
                'is_there': len(empty) > 0,
                'shown': list_transform(
                    cast(case when len(empty) > 0 then empty[:1] else found[:25] end as varchar[]), lambda name: redacted_key(name)
                )
            }
        ),
        lambda field: case
            when field.is_there then 'no value in the field ' || field.shown[1]
            else
                'no field ' || array_to_string(names[:4], ' or ') || case when len(names) > 4 then ' or others' else '' end
                || '; found ' || coalesce(nullif(array_to_string(field.shown, ', '), ''), 'none')
                || case when len(found) > 25 then ' and ' || len(found) - 25 || ' more' else '' end
        end
    )[1]
);
