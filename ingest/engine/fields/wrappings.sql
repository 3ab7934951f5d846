-- Lines inside of other lines.

-- The line that an object keeps under a key, as a text or an object; the line itself where there is none, or two.
create or replace macro line_inside(line, path) as (
    case
        when starts_with(ltrim(line, chr(65279)), '{') and json_valid(ltrim(line, chr(65279)))
            then case
                when len(json_keys(ltrim(line, chr(65279)))) > len(list_distinct(json_keys(ltrim(line, chr(65279))))) then line
                when json_type(ltrim(line, chr(65279)), path) in ('VARCHAR', 'OBJECT')
                    then rtrim(json_extract_string(ltrim(line, chr(65279)), path), chr(13) || chr(10))
                else line
            end
        else line
    end
);

-- What stands behind this pattern at the beginning of a line, without its end; null where it does not begin so.
create or replace macro behind(text, pattern) as (
    case when regexp_matches(text, pattern) then rtrim(regexp_replace(text, pattern, ''), e'\r\n') end
);

-- What is said of a line that is wrapped otherwise than most of its log, whose lines have these wrappings: a prefix or an object, and
-- the command that takes it away. Null where it is not, or where the line inside is none of this pattern.
create or replace macro wrapped_otherwise(line, wrappings, pattern) as (
    list_transform(
        list_filter(
            [
                {
                    'kind': 'log',
                    'inside': case
                        when starts_with(line, '{') and json_valid(line) and json_type(line, '$.stream') = 'VARCHAR'
                            then rtrim(json_extract_string(line, '$.log'), e'\r\n')
                    end,
                    'what': 'docker keeps this line in an object, under log',
                    'command': 'jq -rR ''. as $line | (fromjson? | objects | .log | strings | rtrimstr("\n")) // $line'''
                },
                {
                    'kind': 'cri',
                    'inside': behind(line, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]+ std(?:out|err) F '),
                    'what': 'a container''s runtime (CRI) has put something before this line',
                    'command': 'sed -E ''s/^[0-9-]+T[^ ]+ std(out|err) F //'''
                },
                {
                    'kind': 'syslog',
                    'inside': behind(line, '^(?:<[0-9]{1,3}>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [^ ]+ [^ :]+: ?'),
                    'what': 'syslog has put something before this line',
                    'command': 'sed -E ''s/^(<[0-9]+>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [^ ]+ [^ :]+: ?//'''
                },
                {
                    'kind': 'compose',
                    'inside': behind(line, '^[A-Za-z0-9_.-]+ +[|] '),
                    'what': 'docker compose has put a name before this line',
                    'command': 'sed -E ''s/^[A-Za-z0-9_.-]+ +[|] //'''
                }
            ],
            lambda one: not list_contains(wrappings, one.kind) and coalesce(regexp_matches(one.inside, pattern), false)
        ),
        lambda said: said.what || ', and other lines of the log are kept otherwise: ' || said.command
        || ' FILE > NEW takes that away; unload FILE if it is loaded, and load NEW'
    )[1]
);
