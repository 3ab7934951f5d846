-- Since and until when an integration is certified: one row per integration of the registry. inherited_from: the replaced id
-- that the dates are of, where its own row gives none.
-- Reads: integrations, certificate_dates (what registry/certificates.py found in the lists).
select
    certificate_dates.integration,
    certificate_dates.certified_since,
    certificate_dates.certified_until,
    certificate_dates.inherited_from
from certificate_dates
inner join integrations on certificate_dates.integration = integrations.integration
