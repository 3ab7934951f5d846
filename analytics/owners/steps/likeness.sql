-- How much of what a caller calls an integration calls, too: one row per caller, prefix and integration, from 0 to 1. A connector that
-- few integrations call weighs more (ln of all integrations by those that call it). All that a caller calls counts; but if its
-- prefixes belong to several partners, only what has the same prefix does, because it calls for several.
-- Reads: called, callers, candidates, identified.
with used as (
    select distinct
        folded,
        integration
    from identified
    where folded is not null
),

weights_of_connectors as (
    select
        called.folded,
        ln(
            cast(1 + (select count(distinct used.integration) from used) as double)
            / greatest(count(distinct used.integration), 1)
        ) as weight
    from called
    left join used on called.folded = used.folded
    where called.folded is not null
    group by called.folded
),

sets as (
    select distinct
        units.caller,
        units.prefix,
        called.folded
    from called as units
    inner join callers on units.caller = callers.caller
    inner join called
        on
            units.caller = called.caller
            and (callers.prefix_partners < 2 or units.prefix is null or units.prefix = called.prefix)
    where called.folded is not null
),

weighed as (
    select
        sets.*,
        weights_of_connectors.weight,
        sum(weights_of_connectors.weight) over (partition by sets.caller, sets.prefix) as whole
    from sets
    inner join weights_of_connectors on sets.folded = weights_of_connectors.folded
)

select
    candidates.caller,
    weighed.prefix,
    candidates.integration,
    sum(weighed.weight) / min(weighed.whole) as likeness
from candidates
inner join weighed on candidates.caller = weighed.caller
inner join used on weighed.folded = used.folded and candidates.integration = used.integration
group by candidates.caller, weighed.prefix, candidates.integration
