-- The dates since and until which each integration of the registry is certified: one row per integration.
-- inherited_from: the replaced id that the dates come from, if the integration's own row has none.
-- Reads: integrations, certificate_dates (what registry/certificates.py found in the lists).
select
    certificate_dates.integration,
    certificate_dates.certified_since,
    certificate_dates.certified_until,
    certificate_dates.inherited_from
from certificate_dates
inner join integrations on certificate_dates.integration = integrations.integration
