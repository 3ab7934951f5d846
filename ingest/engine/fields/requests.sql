-- Request lines and paths: GET /path HTTP/1.1.

-- A query that is logged beside a path, unless the path has it already.
create or replace macro query_behind(path, query) as (
    case
        when contains(path, '?') then null
        when starts_with(query, '?') then substr(query, 2)
        else query
    end
);

-- The target of a request line: GET /path HTTP/1.1. A target may hold blanks, the version may be missing, and so may the method.
create or replace macro without_method(request) as (
    case when contains(request, ' ') then substr(request, strpos(request, ' ') + 1) else '' end
);

create or replace macro target_of(request) as (
    case
        when starts_with(request, '/') then request
        when len(string_split(request, ' ')) = 3 and string_split(request, ' ')[3] in ('HTTP/1.1', 'HTTP/2.0', 'HTTP/1.0')
            then string_split(request, ' ')[2]
        else regexp_replace(without_method(request), ' HTTP/[0-9.]+$', '')
    end
);

-- The path in a field that may be called like one and hold the whole request line.
create or replace macro path_of(text) as (
    case when contains(text, ' ') and not starts_with(text, '/') then target_of(text) else text end
);
