-- title: What needs attention
-- unit: findings
-- grain: one row per finding
-- key: kind, subject
-- look_back: 60
-- steps: certification/last_day, overview/traffic, overview/windows, overview/worsened, overview/not_attributed
-- meaning: Findings to look at, worst first. The meaning of `now` and `before` depends on the kind.
-- error_rate_up: the error rate in the period and in the 30 days before it. The two are surely different (their Wilson
-- intervals do not meet) and at least 2 points apart.
-- gone_silent: the days without a call at the end of the period, and the usual number of days between two days with
-- calls. The silence has lasted at least four days, and at least three times as long as usual.
-- customers_down: the customers in the period and in the 30 days before it. At least half of them are gone. If the
-- period is shorter than 30 days, the 30 days that end with it count, because fewer days have fewer customers.
-- unidentified: the fraction of calls without an id, and of calls with a malformed one, among those whose log could
-- have held it.
-- not_logged: the fraction of calls whose log could not have held the id.
-- example_id: calls that carry the id of the vendor's documentation, which was copied.
-- id_in_envelope: calls with an id in the SOAP envelope instead of the header.
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
