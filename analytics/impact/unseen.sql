-- title: What the logs do not show
-- unit: calls
-- grain: one row per value that is not logged (connector, token_form, api_version), operation and integration
-- key: missing, operation, integration
-- look_back: 0
-- meaning: Calls that a change may affect, but that the log cannot tell about: a SOAP call without its body does not
-- show its connector, a log without headers does not show the form of the token, and some SB calls do not show their
-- version.
with unsaid as (
    select
        'connector' as missing,
        operation,
        integration,
        customer
    from calls
    where protocol = 'soap' and connector is null and operation in ('get', 'write')
    union all
    select
        'token_form' as missing,
        operation,
        integration,
        customer
    from calls
    where token_form = 'not_logged'
    union all
    select
        'api_version' as missing,
        operation,
        integration,
        customer
    from calls
    where product = 'sb' and api_version is null
)

select
    missing,
    operation,
    integration,
    count(distinct customer) as customers,
    count(*) as calls
from unsaid
group by missing, operation, integration
order by calls desc, missing asc, operation asc, integration asc nulls last
