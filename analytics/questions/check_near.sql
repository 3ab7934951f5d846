-- title: Ids that are nearly this one
-- unit: calls
-- grain: one row per id as it was sent (in the SOAP envelope: as it stands there) that is nearly $sent
-- key: integration_id, kind
-- look_back: 0
-- meaning: What arrives instead of $sent, or what may be meant by it. kind, the first that applies:
-- in_envelope: it stands in the SOAP envelope, and the header, which was logged, has no valid id; old_id, new_id: the registry says that the
-- one replaces the other; separator: the same digits with something else between them, or nothing; leading_zero: the
-- same numbers, padded; repeated, tail: it stands there twice, or with something behind it; swapped_parts: project before
-- partner; part_missing: only one of its numbers; documentation_example: one of the two ids of the documentation, when
-- $sent itself does not arrive, or sent by a program and at a customer that send $sent too; typing_error: one or two
-- letters differ, or neighbours are swapped; same_partner: another id of the partner, when $sent does not arrive.
-- An id that the registry knows is another integration and no typing error, unless it does not know $sent; without a
-- registry, any other id of the same partner is.
-- A registered id that never arrived is listed with no calls when $sent is nearly it. Of typing errors the nearest is first.
with asked as (
    select
        cast($sent as varchar) as sent,
        (select count(*) > 0 from integrations) as has_registry,
        regexp_replace(cast($sent as varchar), '[^0-9]', '', 'g') as digits,
        regexp_extract(cast($sent as varchar), '^0*([1-9][0-9]*)_0*([1-9][0-9]*)$', 1) as partner,
        regexp_extract(cast($sent as varchar), '^0*([1-9][0-9]*)_0*([1-9][0-9]*)$', 2) as project,
        cast($seen as boolean) as is_seen,
        cast($registered as boolean) as is_registered
),

arrived as (
    select
        integration_id,
        id_status,
        id_defect
    from calls
    where integration_id is not null and integration_id <> 'redacted'
    group by integration_id, id_status, id_defect
),

candidates as (
    select
        coalesce(arrived.integration_id, integrations.integration) as integration_id,
        coalesce(arrived.id_status, 'valid') as id_status,
        coalesce(arrived.id_defect, '') as id_defect,
        integrations.integration is not null as is_registered
    from arrived
    full outer join integrations on arrived.integration_id = integrations.integration
),

-- Digits that say which known integration is meant: a malformed id with them is that one's, and nobody else's typing error.
owners as (
    select distinct regexp_replace(integration_id, '[^0-9]', '', 'g') as digits
    from candidates
    where id_status = 'valid'
),

compared as (
    select
        candidates.integration_id,
        candidates.id_status,
        candidates.id_defect,
        candidates.is_registered,
        asked.sent,
        asked.digits,
        asked.partner,
        asked.project,
        asked.is_seen,
        asked.is_registered as is_asked_registered,
        asked.has_registry,
        regexp_replace(candidates.integration_id, '[^0-9]', '', 'g') as near_digits,
        regexp_replace(candidates.integration_id, '(^|_)0+', '\1', 'g') as near_unpadded,
        regexp_replace(asked.sent, '(^|_)0+', '\1', 'g') as unpadded
    from candidates
    cross join asked
    where candidates.integration_id <> asked.sent
),

judged as (
    select
        compared.integration_id,
        case
            when renames.integration = compared.sent then 'old_id'
            when replaced.integration = compared.integration_id then 'new_id'
            when compared.id_defect = 'repeated' and contains(compared.integration_id, compared.sent) then 'repeated'
            when length(compared.digits) >= 5 and compared.near_digits = compared.digits then 'separator'
            when length(compared.digits) >= 5 and compared.near_unpadded = compared.unpadded then 'leading_zero'
            when compared.partner <> '' and compared.integration_id = concat(compared.project, '_', compared.partner)
                then 'swapped_parts'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and regexp_matches(compared.integration_id, concat('^', compared.partner, '_', compared.project, '[^0-9]'))
                then 'tail'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and compared.near_digits in (compared.partner, compared.project)
                then 'part_missing'
            when
                length(compared.digits) >= 4
                and not (compared.is_registered and compared.is_asked_registered)
                and (compared.id_status = 'valid' or owners.digits is null)
                and (
                    compared.has_registry
                    or compared.id_status = 'malformed'
                    or compared.partner <> split_part(compared.integration_id, '_', 1)
                )
                and length(compared.integration_id) between length(compared.sent) - 2 and length(compared.sent) + 2
                and damerau_levenshtein(compared.integration_id, compared.sent) <= 2
                then 'typing_error'
            when compared.integration_id in ('12345_123456', '12345_678900') then 'documentation_example'
            when
                not compared.is_seen
                and compared.id_status = 'valid'
                and compared.partner = split_part(compared.integration_id, '_', 1)
                then 'same_partner'
        end as kind
    from compared
    left join
        lake.renames as renames
        on compared.integration_id = concat(renames.old_partner, '_', renames.old_project)
    left join owners on compared.near_digits = owners.digits
    left join lake.renames as replaced on compared.sent = concat(replaced.old_partner, '_', replaced.old_project)
),

near as (
    select
        integration_id,
        kind
    from judged
    where kind is not null
),

senders as (
    select distinct
        customer,
        user_agent
    from calls
    where integration_id = $sent and user_agent is not null
),

told as (
    select
        near.integration_id,
        near.kind,
        calls.environment,
        calls.customer,
        calls.status,
        calls.operation,
        calls.own,
        calls.called_at,
        coalesce(near.kind <> 'documentation_example' or not $seen or senders.customer is not null, false) as is_near
    from near
    left join calls on near.integration_id = calls.integration_id
    left join senders on calls.customer = senders.customer and calls.user_agent = senders.user_agent
    union all
    select
        calls.body_integration_id as integration_id,
        'in_envelope' as kind,
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
    max(told.called_at) as last_call
from told
left join integrations on told.integration_id = integrations.integration
where told.is_near
group by told.integration_id, told.kind, integrations.name, integrations.integration
order by
    case told.kind when 'typing_error' then 1 when 'documentation_example' then 2 when 'same_partner' then 3 else 0 end asc,
    case when told.kind = 'typing_error' then damerau_levenshtein(told.integration_id, $sent) end asc,
    calls desc,
    told.integration_id asc,
    told.kind asc
