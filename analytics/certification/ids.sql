-- title: Calls without the right id whose owner is known
-- unit: calls
-- grain: one row per partner, integration (null: one of the partner's), defect of the id, value that was sent, and
-- basis of the attribution
-- key: partner, integration, id_status, id_defect, sent, basis, evidence
-- look_back: 0
-- steps: certification/last_day, certification/id_groups, certification/mistyped, certification/identified,
-- certification/anybodys, certification/telling_agents, certification/telling_prefixes, certification/without_id,
-- certification/known_ids, certification/known_digits
-- meaning: Calls of the last $window days whose IntegrationId is missing, malformed or mistyped, but whose owner shows
-- in another way. Calls whose log could not have held the id are left out, because they may carry it. A call without
-- any of these clues is attributed to no partner, so a partner may have more such calls. The name of a shared library
-- (python-requests) is a clue only as long as one partner alone uses it. A program that sends a mistyped id, or the
-- example of the documentation, gives no clue by its name or prefix. The first basis that applies is shown.
-- typing_error: a valid id of a partner that the registry does not know. Its partner number is one character off from
-- that of exactly one known partner, and its project number is that of one of this partner's integrations and has at
-- least four digits, so it is no coincidence. Two swapped neighbours are one character off.
-- envelope: the id is in the SOAP envelope.
-- digits: the value holds the digits of exactly one known integration's id, with other characters between or around
-- them, or only the number of its partner.
-- connector: a GetConnector with a prefix (the part before the first underscore) that only this partner uses in calls
-- with an id.
-- user_agent: a program that only this partner uses in calls with an id, at a customer of this partner.
with partners_customers as (
    select distinct
        partner,
        customer
    from customer_months
    where integration in (select identified.integration from identified)
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
