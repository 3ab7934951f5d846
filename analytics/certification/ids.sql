-- title: Calls without the right id that are somebody's
-- unit: calls
-- grain: one row per partner, integration (null: one of the partner's), way in which the id is wrong, what was sent and
-- what it is attributed by
-- key: partner, integration, id_status, id_defect, sent, basis, evidence
-- look_back: 0
-- meaning: Calls of the last $window days whose IntegrationId is missing, malformed or mistyped, and whose owner something else
-- gives away; not those whose log could not have held it, for they may carry it. basis, the first that applies:
-- typing_error: a valid id of a partner that the registry does not know, whose number is one character off from that of
-- one partner it knows, with the project number of this partner's integration: four digits or more, so that it is no
-- coincidence. Swapped neighbours are one character off;
-- envelope: the id stands in the SOAP envelope; digits: what was sent holds the digits of one known integration's id, with
-- something else between or around them, or is its partner's number alone; connector: a GetConnector whose prefix, the
-- part before the first underscore, only this partner uses in calls with an id; user_agent: a program that only this
-- partner uses in calls with an id, at a customer of this partner. What none of these tells is attributed to nobody: so
-- there may be more. A shared library's name (python-requests) tells only as long as one partner alone uses it. What sends a
-- mistyped id or the documentation's example does not tell which program or prefix is a partner's.
with last_day as (
    select max(day) as day
    from days
),

anybodys (agent) as (
    values
    ('apache-httpclient'), ('axios'), ('curl'), ('dart'), ('excel'), ('go-http-client'), ('guzzlehttp'), ('httpclient'),
    ('java'), ('microsoft'), ('microsoft.data.mashup'), ('mozilla'), ('node'), ('node-fetch'), ('okhttp'), ('php'),
    ('php-soap'), ('postmanruntime'), ('powershell'), ('python'), ('python-httpx'), ('python-requests'), ('python-urllib'),
    ('restsharp'), ('ruby'), ('undici'), ('wget')
),

groups as (
    select
        calls.integration,
        calls.partner,
        calls.id_status,
        calls.id_defect,
        calls.integration_id as sent,
        calls.body_integration_id,
        calls.customer,
        nullif(lower(trim(split_part(split_part(calls.user_agent, '/', 1), ' ', 1))), '') as agent,
        case
            when contains(calls.connector, '_') and not is_supplied(calls.connector)
                then lower(split_part(calls.connector, '_', 1))
        end as prefix,
        count(*) filter (where calls.day > last_day.day - $window) as calls,
        max(calls.called_at) as last_call
    from calls
    cross join last_day
    group by all
),

mistyped as (
    select
        sent.integration as sent,
        min(meant.integration) as integration,
        min(meant.partner) as partner
    from (
        select distinct
            integration,
            partner,
            split_part(integration, '_', 2) as project
        from groups
        where id_status = 'valid'
    ) as sent
    inner join integrations as meant
        on
            sent.project = cast(meant.project as varchar)
            and damerau_levenshtein(cast(sent.partner as varchar), cast(meant.partner as varchar)) = 1
    where
        length(sent.project) >= 4
        and sent.partner not in (select integrations.partner from integrations)
        and sent.partner not in (select partners.partner from partners)
    group by sent.integration
    having count(*) = 1
),

identified as (
    select *
    from groups
    where
        id_status = 'valid'
        and not is_example_id(integration)
        and integration not in (select mistyped.sent from mistyped)
),

known as (
    select
        integration,
        partner
    from integrations
    union
    select
        integration,
        partner
    from identified
),

by_digits as (
    select
        replace(integration, '_', '') as digits,
        min(integration) as integration,
        min(partner) as partner
    from known
    group by replace(integration, '_', '')
    having count(*) = 1
),

agents as (
    select
        agent,
        min(partner) as partner,
        case when count(distinct integration) = 1 then min(integration) end as integration
    from identified
    where agent is not null and agent not in (select anybodys.agent from anybodys)
    group by agent
    having count(distinct partner) = 1
),

prefixes as (
    select
        prefix,
        min(partner) as partner,
        case when count(distinct integration) = 1 then min(integration) end as integration
    from identified
    where prefix is not null
    group by prefix
    having count(distinct partner) = 1
),

partners_customers as (
    select distinct
        partner,
        customer
    from identified
),

partner_numbers as (
    select distinct partner
    from known
),

nameless as (
    select
        integration,
        id_status,
        id_defect,
        sent,
        body_integration_id,
        customer,
        agent,
        prefix,
        calls,
        last_call,
        regexp_extract(sent, '^0*([1-9][0-9]*)_0*([1-9][0-9]*)([^0-9].*)?$', 1)
        || regexp_extract(sent, '^0*([1-9][0-9]*)_0*([1-9][0-9]*)([^0-9].*)?$', 2) as parted,
        regexp_replace(sent, '[^0-9]', '', 'g') as digits
    from groups
    where calls > 0 and (id_status in ('missing', 'malformed') or integration in (select mistyped.sent from mistyped))
),

attributed as (
    select
        nameless.id_status,
        nameless.id_defect,
        nameless.sent,
        nameless.customer,
        nameless.calls,
        nameless.last_call,
        case
            when mistyped.integration is not null then 'typing_error'
            when envelope.integration is not null then 'envelope'
            when digits.integration is not null or partner_numbers.partner is not null then 'digits'
            when prefixes.partner is not null then 'connector'
            when partners_customers.partner is not null then 'user_agent'
        end as basis,
        case
            when mistyped.integration is not null then nameless.sent
            when envelope.integration is not null then nameless.body_integration_id
            when digits.integration is not null or partner_numbers.partner is not null then nameless.sent
            when prefixes.partner is not null then nameless.prefix
            when partners_customers.partner is not null then nameless.agent
        end as evidence,
        case
            when mistyped.integration is not null then mistyped.partner
            when envelope.integration is not null then envelope.partner
            else coalesce(digits.partner, partner_numbers.partner, prefixes.partner, partners_customers.partner)
        end as partner,
        case
            when mistyped.integration is not null then mistyped.integration
            when envelope.integration is not null then envelope.integration
            when digits.integration is not null then digits.integration
            when partner_numbers.partner is not null then null
            when prefixes.partner is not null then prefixes.integration
            when partners_customers.partner is not null then agents.integration
        end as integration
    from nameless
    left join mistyped on nameless.integration = mistyped.sent
    left join known as envelope on nameless.body_integration_id = envelope.integration
    left join by_digits as digits on coalesce(nullif(nameless.parted, ''), nameless.digits) = digits.digits
    left join partner_numbers on nameless.digits = cast(partner_numbers.partner as varchar)
    left join prefixes on nameless.prefix = prefixes.prefix
    left join agents on nameless.agent = agents.agent
    left join
        partners_customers
        on agents.partner = partners_customers.partner and nameless.customer = partners_customers.customer
)

select
    partner,
    integration,
    id_status,
    id_defect,
    sent,
    basis,
    evidence,
    cast(sum(calls) as bigint) as calls,
    count(distinct customer) as customers,
    max(last_call) as last_call
from attributed
where basis is not null
group by partner, integration, id_status, id_defect, sent, basis, evidence
order by calls desc, partner asc, integration asc nulls last, sent asc nulls last, basis asc, evidence asc
