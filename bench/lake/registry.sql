-- title: the vendor's lists: partners, integrations with their certificates, and customers with their branches
-- Reads the tables of shape.sql. A few programs and customers are in nobody's list.
create view registry_partners as
select distinct
    partner,
    bird || ' ' || partner as name
from programs
where partner is not null;

create view registry_integrations as
select
    integration,
    bird || ' ' || project as name,
    case when program % 3 > 0 then date '2023-01-01' + cast(program as integer) end as certified_since,
    case when program % 3 > 0 then date '2026-09-01' + cast(program as integer) end as certified_until,
    program % 3 > 0 as listed
from programs
where integration is not null and program % 50 <> 49;

create view registry_customers as
select
    customer,
    'Klant ' || number as name,
    ['Bouw', 'Zorg', 'Onderwijs', 'Handel', 'Vervoer', 'Horeca', 'Industrie', 'Overheid', 'Verhuur', 'Diensten'][
        1 + cast(floor(10 * unit(number, 40)) as integer)
    ] as branch
from customers
where number % 50 <> 49
