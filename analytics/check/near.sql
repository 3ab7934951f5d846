-- title: Ids that are nearly this one
-- unit: calls
-- grain: one row per id as it was sent (in the SOAP envelope: as it stands there) that is nearly $sent
-- key: integration_id, kind
-- look_back: 0
-- steps: check/candidates, check/known, check/compared, check/rivals, check/others, check/near_ids
-- meaning: What arrives instead of $sent, or what may be meant by it. kind, the first that applies:
-- in_envelope: it stands in the SOAP envelope, and the header has no valid id; old_id, new_id: the registry says that the
-- one replaces the other; repeated: it stands there twice; tail, wrapped: with something behind it, or around it; separator: the
-- same digits with something else between them, or nothing; leading_zero: the same numbers, padded; swapped_parts: project before
-- partner; part_missing: only one of its numbers; documentation_example: one of the two ids of the documentation, when
-- $sent itself does not arrive, or sent by a program and at a customer that send $sent too; typing_error: one or two
-- letters differ, or neighbours are swapped; same_partner: another id of the partner, when $sent does not arrive.
-- An id that the registry knows is another integration and no typing error, unless it does not know $sent; without a
-- registry, any other id of the same partner is. A malformed id that says another id of the partner, or one that is known, is that
-- one's near miss, and so is one that is nearer to a known id than to $sent; is_shared: a known id is as near as $sent.
-- A registered id that never arrived is listed with no calls when $sent is nearly it. Of typing errors the nearest is first.
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
