-- title: Calls without the right id that are somebody's
-- unit: calls
-- grain: one row per partner, integration (null: one of the partner's), way in which the id is wrong, what was sent and
-- what it is attributed by
-- key: partner, integration, id_status, id_defect, sent, basis, evidence
-- look_back: 0
-- steps: certification/last_day, certification/id_groups, certification/mistyped, certification/identified,
-- certification/telling_agents, certification/telling_prefixes, certification/without_id, certification/known_ids,
-- certification/known_digits
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
with partners_customers as (
    select distinct
        partner,
        customer
    from identified
),

partner_numbers as (
    select distinct partner
    from known_ids
),

attributed as (
    select
        without_id.id_status,
        without_id.id_defect,
        without_id.sent,
        without_id.customer,
        without_id.calls,
        without_id.last_call,
        case
            when mistyped.integration is not null then 'typing_error'
            when envelope.integration is not null then 'envelope'
            when digits.integration is not null or partner_numbers.partner is not null then 'digits'
            when telling_prefixes.partner is not null then 'connector'
            when partners_customers.partner is not null then 'user_agent'
        end as basis,
        case
            when mistyped.integration is not null then without_id.sent
            when envelope.integration is not null then without_id.body_integration_id
            when digits.integration is not null or partner_numbers.partner is not null then without_id.sent
            when telling_prefixes.partner is not null then without_id.prefix
            when partners_customers.partner is not null then without_id.agent
        end as evidence,
        case
            when mistyped.integration is not null then mistyped.partner
            when envelope.integration is not null then envelope.partner
            else coalesce(digits.partner, partner_numbers.partner, telling_prefixes.partner, partners_customers.partner)
        end as partner,
        case
            when mistyped.integration is not null then mistyped.integration
            when envelope.integration is not null then envelope.integration
            when digits.integration is not null then digits.integration
            when partner_numbers.partner is not null then null
            when telling_prefixes.partner is not null then telling_prefixes.integration
            when partners_customers.partner is not null then telling_agents.integration
        end as integration
    from without_id
    left join mistyped on without_id.integration = mistyped.sent
    left join known_ids as envelope on without_id.body_integration_id = envelope.integration
    left join known_digits as digits on coalesce(nullif(without_id.parted, ''), without_id.digits) = digits.digits
    left join partner_numbers on without_id.digits = cast(partner_numbers.partner as varchar)
    left join telling_prefixes on without_id.prefix = telling_prefixes.prefix
    left join telling_agents on without_id.agent = telling_agents.agent
    left join
        partners_customers
        on telling_agents.partner = partners_customers.partner and without_id.customer = partners_customers.customer
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
