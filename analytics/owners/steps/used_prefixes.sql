-- The prefixes of GetConnectors in calls with an id: one row per prefix and integration, with the number of partners that use it.
-- Words that anybody would choose (Export_Orders) are left out: customers use them for connectors of their own, too.
-- Reads: identified.
with used as (
    select distinct
        prefix,
        integration,
        partner
    from identified
    where
        prefix is not null
        and prefix not in ('api', 'app', 'bi', 'custom', 'data', 'eigen', 'export', 'get', 'import', 'rest', 'test')
)

select
    used.prefix,
    used.integration,
    counted.partners,
    counted.integrations
from used
inner join (
    select
        prefix,
        count(distinct partner) as partners,
        count(*) as integrations
    from used
    group by prefix
) as counted
    on used.prefix = counted.prefix
