-- The words by which the registry calls an integration and its partner: one row per integration and word. A word in the names of
-- more than three partners (Online) tells nobody apart. `is_whole`: the whole name of the integration, written as one word.
-- Reads: integrations, partners.
with worded as (
    select
        integrations.integration,
        integrations.partner,
        lower(regexp_extract(integrations.name, '^[[:alpha:]]{4,}')) as word,
        false as is_whole
    from integrations
    union
    select
        integrations.integration,
        integrations.partner,
        lower(regexp_extract(partners.name, '^[[:alpha:]]{4,}')) as word,
        false as is_whole
    from integrations
    inner join partners on integrations.partner = partners.partner
    union
    select
        integrations.integration,
        integrations.partner,
        lower(regexp_replace(integrations.name, '[^[:alnum:]]', '', 'g')) as word,
        true as is_whole
    from integrations
),

rare as (
    select word
    from worded
    where length(word) >= 4
    group by word
    having count(distinct partner) <= 3
)

select
    worded.integration,
    worded.word,
    worded.is_whole
from worded
inner join rare on worded.word = rare.word
