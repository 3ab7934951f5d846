-- title: Ids of a partner that do not arrive as they should
-- unit: calls
-- grain: one row per place where the id was found, what is wrong with it and what was sent
-- key: found, id_defect, sent
-- look_back: 0
-- meaning: Calls whose IntegrationId header is missing or malformed, and that name the partner $partner all the same: in the SOAP envelope,
-- by the first number of a malformed header, or by the digits of one of its integrations with the underscore lost. Calls
-- that name nobody can be attributed to nobody.
with known as (
    select distinct replace(integration, '_', '') as digits
    from daily_calls
    where partner = $partner
),

named as (
    select
        case when body_integration_id is not null then 'soap_envelope' else 'malformed' end as found,
        case when body_integration_id is null then id_defect end as id_defect,
        coalesce(body_integration_id, malformed_id) as sent,
        unnamed_customer as customer,
        calls,
        first_call,
        last_call
    from daily_senders
    where id_status in ('missing', 'malformed')
),

counted as (
    select
        found,
        id_defect,
        sent,
        cast(sum(calls) as bigint) as calls,
        count(distinct customer) as customers,
        min(first_call) as first_call,
        max(last_call) as last_call
    from named
    where
        ltrim(regexp_extract(sent, '[0-9]+'), '0') = cast($partner as varchar)
        or (id_defect = 'no_separator' and sent in (select digits from known))
    group by found, id_defect, sent
)

select
    found,
    id_defect,
    sent,
    calls,
    customers,
    first_call,
    last_call
from counted
order by calls desc, found asc, id_defect asc nulls last, sent asc
