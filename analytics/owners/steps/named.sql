-- The integrations whose name in the registry stands in a caller's program or prefix: one row per caller and integration.
-- Reads: callers, called, names.
with worn as (
    select
        caller,
        regexp_replace(agent, '[^[:alnum:]]', '', 'g') as word
    from callers
    where agent is not null and not is_anybodys
    union
    select
        caller,
        prefix as word
    from called
    where length(prefix) >= 4
)

select
    worn.caller,
    names.integration,
    bool_or(names.is_whole) as is_whole
from worn
inner join names on substr(worn.word, 1, 4) = substr(names.word, 1, 4) and starts_with(worn.word, names.word)
group by worn.caller, names.integration
