-- What shows whose a call is. Who attributes calls reads these, so that no two places attribute differently.

-- The program in a user agent, without its version; the prefix of a connector that a partner or a customer made: the part before the
-- first underscore. Both in lower case, null where there is none.
create macro program_of(user_agent) as nullif(lower(trim(split_part(split_part(user_agent, '/', 1), ' ', 1))), '');
create macro prefix_of(connector) as (
    case when contains(connector, '_') and not is_supplied(connector) then lower(split_part(connector, '_', 1)) end
);

-- The digits of what was sent in the place of an id: of its two numbers, padded or not, with what follows them left out (empty if it
-- is not like an id); and all of them.
create macro parted_digits(sent) as (
    regexp_extract(sent, '^0*([1-9][0-9]*)_0*([1-9][0-9]*)([^0-9].*)?$', 1)
    || regexp_extract(sent, '^0*([1-9][0-9]*)_0*([1-9][0-9]*)([^0-9].*)?$', 2)
);
create macro digits_of(sent) as regexp_replace(sent, '[^0-9]', '', 'g');
