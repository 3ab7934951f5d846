-- title: Ids that are nearly the asked one
-- unit: calls
-- grain: one row per id as it was sent (or as the SOAP envelope holds it) that is nearly $sent
-- key: integration_id, kind
-- look_back: 0
-- steps: check/candidates, check/known, check/compared, check/rivals, check/others, check/near_ids
-- meaning: Ids that arrive instead of $sent, or that $sent may stand for. The registry tells integrations from typing
-- errors: an id that it knows is another integration, and no typing error, unless the registry does not know $sent.
-- Without a registry, any other id of the same partner is another integration. A malformed id that reads as another id
-- of the partner, or as a known one, is a near miss of that id and not of $sent. So is one that is nearer to a known id
-- than to $sent. A registered id that never arrived is listed with no calls if $sent is nearly that id. The nearest
-- typing error is first. The first kind that applies is shown.
-- in_envelope: the id is in the SOAP envelope, and the header has no valid id.
-- old_id: the registry says that $sent replaces it.
-- new_id: the registry says that it replaces $sent.
-- repeated: the id was sent twice in one value.
-- tail: text follows the id.
-- wrapped: text surrounds the id.
-- separator: the same digits, with another separator or none.
-- leading_zero: the same numbers, padded with zeros.
-- swapped_parts: the project before the partner.
-- part_missing: only one of the two numbers.
-- documentation_example: one of the two ids of the documentation, if $sent itself does not arrive, or if a program
-- sends it at a customer at which it also sends $sent.
-- typing_error: one or two characters differ, or neighbours are swapped.
-- same_partner: another id of the partner, if $sent does not arrive.
-- is_shared: a known id is as near as $sent.
with senders as (
    select distinct
        customer,
        user_agent
    from calls
    where integration_id = $sent and user_agent is not null
),

told as (
    select
        near_ids.integration_id,
        near_ids.kind,
        near_ids.is_shared,
        calls.environment,
        calls.customer,
        calls.status,
        calls.operation,
        calls.own,
        calls.called_at,
        coalesce(near_ids.kind <> 'documentation_example' or not $seen or senders.customer is not null, false) as is_near
    from near_ids
    left join calls on near_ids.integration_id = calls.integration_id
    left join senders on calls.customer = senders.customer and calls.user_agent = senders.user_agent
    union all
    select
        calls.body_integration_id as integration_id,
        'in_envelope' as kind,
        false as is_shared,
        calls.environment,
        calls.customer,
        calls.status,
        calls.operation,
        calls.own,
        calls.called_at,
        true as is_near
    from calls
    where calls.body_integration_id = $sent and calls.id_status in ('missing', 'malformed')
)

select
    told.integration_id,
    told.kind,
    integrations.name,
    integrations.integration is not null as registered,
    count(told.called_at) as calls,
    count(distinct told.customer) filter (where is_use(told.status, told.operation, told.own)) as customers,
    list_sort(list(distinct told.environment) filter (where told.environment is not null)) as environments,
    min(told.called_at) as first_call,
    max(told.called_at) as last_call,
    told.is_shared
from told
left join integrations on told.integration_id = integrations.integration
where told.is_near
group by told.integration_id, told.kind, told.is_shared, integrations.name, integrations.integration
order by
    case told.kind when 'typing_error' then 1 when 'documentation_example' then 2 when 'same_partner' then 3 else 0 end asc,
    case when told.kind = 'typing_error' then damerau_levenshtein(told.integration_id, $sent) end asc,
    calls desc,
    told.integration_id asc,
    told.kind asc
