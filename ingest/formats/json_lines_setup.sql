-- What JSON lines need beside the fields' macros. Which keys an object has repeats from line to line, so what a set of keys
-- says is found once: whether a key is there twice, and which of the header names is which header, in any case, as a
-- JSON path. A header that is there twice in different case has its second path too.

create or replace temp table defects (line_number bigint, fate varchar);

create or replace temp table known_keys (keys varchar[], repeats boolean);

create or replace temp table known_header_keys (
    header_keys varchar[],
    repeats boolean,
    id_path varchar,
    second_id_path varchar,
    user_agent_path varchar,
    authorization_path varchar,
    api_version_path varchar,
    request_id_path varchar,
    host_path varchar
);

create or replace temp macro path_of(header_keys, wanted) as
    list_transform(
        list_filter(header_keys, lambda key: lower(trim(key)) = wanted), lambda key: '$."' || replace(key::varchar, '"', '\"') || '"'
    );

-- The values of a header that was logged as a list; null for one that was logged as a text.
create or replace temp macro listed(text) as
    case when starts_with(text, '[') then try(from_json(text, '["VARCHAR"]')) end;

-- A list of values as it would stand in one header line.
create or replace temp macro joined_list(text) as
    coalesce(array_to_string(listed(text), ', '), text);

-- A line as an object; null where it is none. A byte order mark may stand before the first one.
create or replace temp macro object_of(line) as
    case when json_valid(ltrim(line, chr(65279))) then ltrim(line, chr(65279)) end;
