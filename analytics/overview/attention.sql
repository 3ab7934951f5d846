-- title: What needs attention
-- unit: findings
-- grain: one row per finding
-- key: kind, subject
-- look_back: 60
-- steps: certification/last_day, overview/windows, overview/worsened, overview/not_attributed
-- meaning: What somebody should look at, worst first. `now` and `before` are, by kind:
-- error_rate_up: the error rate in the period and in the 30 days before it, when the two are surely different (their
-- Wilson intervals do not meet) and 2 points apart;
-- gone_silent: days without a call at the end of the period, and the usual days between two days with calls; at least
-- four days, and three times as long as usual;
-- customers_down: customers in the period (in the 30 days that end with it, where it is shorter: fewer days have
-- fewer customers) and in the 30 days before, when half or more are gone;
-- unidentified: the fraction of calls without an id, and with a malformed one, among those whose log could have held it;
-- not_logged: the fraction of calls whose log could not have held the id;
-- example_id: the id of the documentation, copied; id_in_envelope: an id in the SOAP envelope instead of the header.
with findings as (
    select * from worsened
    union all
    select * from not_attributed
)

select
    findings.kind,
    case findings.severity when 1 then 'high' when 2 then 'medium' else 'low' end as severity,
    findings.subject,
    integrations.name,
    findings.partner,
    findings.calls,
    findings.errors,
    findings.customers,
    findings.now,
    findings.before,
    findings.last_call
from findings
left join integrations on findings.subject = integrations.integration
order by findings.severity asc, findings.calls desc, findings.kind asc, findings.subject asc
