-- The spelling in which each connector is shown: `spellings`, which several steps of one question read. One row per name as
-- it was sent.
-- Reads: spellings.
select
    sent,
    connector
from spellings
