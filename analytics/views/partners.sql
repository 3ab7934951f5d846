-- The partners of the registry: one row per subscription number.
-- Reads: lake.partners.
select
    partner,
    name,
    contact,
    email,
    phone
from lake.partners
