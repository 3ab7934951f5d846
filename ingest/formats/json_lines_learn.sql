-- The sets of keys in `lines` that have not been met before.
insert into known_keys
select keys, len(list_distinct(keys)) < len(keys)
from (select distinct json_keys(object_of(line)) as keys from lines where fate is null)
where keys is not null and keys not in (select keys from known_keys);

insert into known_header_keys
select
    header_keys,
    len(list_distinct(header_keys)) < len(header_keys),
    path_of(header_keys, 'integrationid')[1],
    path_of(header_keys, 'integrationid')[2],
    path_of(header_keys, 'user-agent')[1],
    path_of(header_keys, 'authorization')[1],
    path_of(header_keys, 'accept-version')[1],
    path_of(header_keys, 'x-request-id')[1],
    path_of(header_keys, 'host')[1]
from (select distinct json_keys(object_of(line), '$.headers') as header_keys from lines where fate is null)
where header_keys is not null and header_keys not in (select header_keys from known_header_keys);
