-- title: Names and contacts
-- unit: names
-- grain: one row per integration, partner and customer of the registry, and connector
-- key: kind, number
-- look_back: 0
-- meaning: How an integration, a partner, a customer or a connector (in lower case) is called, and whom to write to or call.
select
    'partner' as kind,
    cast(partner as varchar) as number,
    name,
    concat_ws(', ', contact, email, phone) as contact
from partners
union all
select
    'integration' as kind,
    integration as number,
    name,
    '' as contact
from integrations
union all
select
    'customer' as kind,
    customer as number,
    name,
    '' as contact
from customers
union all
select distinct
    'connector' as kind,
    lower(sent) as number,
    connector as name,
    '' as contact
from spellings
