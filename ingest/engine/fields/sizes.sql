-- Sizes in bytes.

create or replace macro possible_size(bytes) as (
    case when bytes between 0 and 1e15 and bytes = floor(bytes) then cast(bytes as bigint) end
);

-- A number of bytes, 2048.0 and 2.5e3 included. What has a fraction is no size, and in 1.000 nobody knows what the point is.
create or replace macro size_in_bytes(text) as (
    case
        when regexp_full_match(text, '[0-9]{1,15}') then cast(text as bigint)
        when
            regexp_full_match(text, '[0-9]{1,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?')
            and not regexp_full_match(text, '[1-9][0-9]{0,2}[.][0-9]{3}')
            then possible_size(try_cast(text as double))
    end
);
