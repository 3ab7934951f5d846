-- title: Ids that are nearly this one
-- unit: calls
-- grain: one row per id as it was sent (in the SOAP envelope: as it stands there) that is nearly $sent
-- key: integration_id, kind
-- look_back: 0
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

known as (
    select distinct integration_id
    from candidates
    where id_status = 'valid'
),

-- written: the header's name and what was escaped taken away; letters that are taken for digits are those digits. bare: without
-- what stands around it. (What is kept of a slip, and where a question mark stands in it, says ingest/engine/redact/integration_ids.sql.)
read as (
    select
        *,
        regexp_replace(written, '^[^0-9A-Za-z?_]+|[^0-9A-Za-z?_]+$', '', 'g') as bare,
        regexp_extract(
            translate(written, 'OoQIlSsBZz', '0001155822'),
            '^[^0-9A-Za-z?]*0*([1-9][0-9]{3,6})(?:[^0-9A-Za-z?]+|[A-Za-z?])0*([1-9][0-9]{0,8})[^0-9A-Za-z?]*$',
            ['partner', 'project']
        ) as numbers
    from (
        select
            *,
            regexp_replace(
                regexp_replace(
                    regexp_replace(integration_id, '(?i)^[^0-9A-Za-z]*(x-)?(integration[_ -]?)?id[ \t]*[:=]?[ \t]*', ''),
                    '(?i)&quot;|&#39;|%22|%27', '"', 'g'
                ),
                '(?i)%5f', '_', 'g'
            ) as written
        from candidates
    )
),

compared as (
    select
        read.integration_id,
        read.id_status,
        read.id_defect,
        read.is_registered,
        read.written,
        read.bare,
        asked.sent,
        asked.digits,
        asked.partner,
        asked.project,
        asked.is_seen,
        asked.is_registered as is_asked_registered,
        asked.has_registry,
        regexp_replace(read.written, '[^0-9]', '', 'g') as near_digits,
        regexp_replace(read.written, '(^|_)0+', '\1', 'g') as near_unpadded,
        regexp_replace(asked.sent, '(^|_)0+', '\1', 'g') as unpadded,
        case when read.numbers.partner <> '' then concat(read.numbers.partner, '_', read.numbers.project) end as says,
        damerau_levenshtein(read.bare, asked.sent) as distance
    from read
    cross join asked
    where read.integration_id <> asked.sent
),

-- Known ids to which a malformed one is as near as to $sent, or nearer.
rivals as (
    select
        compared.integration_id,
        bool_or(damerau_levenshtein(compared.bare, known.integration_id) < compared.distance) as is_nearer,
        bool_or(damerau_levenshtein(compared.bare, known.integration_id) = compared.distance) as is_as_near
    from compared
    inner join known on known.integration_id <> compared.sent
    where compared.id_status = 'malformed' and compared.distance <= 2
    group by compared.integration_id
),

-- A malformed id that says another one: a known one by its digits or its numbers, or one of the same partner.
others as (
    select distinct compared.integration_id
    from compared
    left join known on compared.says = known.integration_id
    left join known as same_digits on compared.near_digits = regexp_replace(same_digits.integration_id, '[^0-9]', '', 'g')
    where
        compared.id_status = 'malformed'
        and compared.says is distinct from compared.sent
        and (
            known.integration_id is not null
            or same_digits.integration_id is not null
            or starts_with(compared.says, concat(compared.partner, '_'))
        )
),

judged as (
    select
        compared.integration_id,
        case
            when renames.integration = compared.sent then 'old_id'
            when replaced.integration = compared.integration_id then 'new_id'
            when compared.id_defect = 'repeated' and contains(compared.integration_id, compared.sent) then 'repeated'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and regexp_matches(compared.integration_id, concat('^', compared.partner, '_', compared.project, '[^0-9]'))
                then 'tail'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and contains(compared.integration_id, compared.sent)
                and compared.near_digits = compared.digits
                then 'wrapped'
            when length(compared.digits) >= 5 and compared.near_digits = compared.digits then 'separator'
            when
                length(compared.digits) >= 5
                and (compared.near_unpadded = compared.unpadded or compared.says = compared.unpadded)
                and not regexp_matches(compared.bare, '[A-Za-z?]')
                then 'leading_zero'
            when
                compared.partner <> ''
                and concat(compared.project, '_', compared.partner) in (compared.integration_id, compared.says)
                then 'swapped_parts'
            when
                compared.partner <> ''
                and compared.id_status = 'malformed'
                and compared.near_digits in (compared.partner, compared.project)
                then 'part_missing'
            when
                length(compared.digits) >= 4
                and not (compared.is_registered and compared.is_asked_registered)
                and (compared.id_status = 'valid' or others.integration_id is null)
                and not coalesce(rivals.is_nearer, false)
                and (
                    compared.has_registry
                    or compared.id_status = 'malformed'
                    or compared.partner <> split_part(compared.integration_id, '_', 1)
                )
                and (compared.distance <= 2 or compared.says = compared.sent)
                then 'typing_error'
            when is_example_id(compared.integration_id) then 'documentation_example'
            when
                not compared.is_seen
                and compared.id_status = 'valid'
                and compared.partner = split_part(compared.integration_id, '_', 1)
                then 'same_partner'
        end as kind,
        coalesce(rivals.is_as_near and compared.says is distinct from compared.sent, false) as is_shared
    from compared
    left join
        lake.renames as renames
        on compared.integration_id = concat(renames.old_partner, '_', renames.old_project)
    left join lake.renames as replaced on compared.sent = concat(replaced.old_partner, '_', replaced.old_project)
    left join rivals on compared.integration_id = rivals.integration_id
    left join others on compared.integration_id = others.integration_id
),

near as (
    select
        integration_id,
        kind,
        is_shared and kind = 'typing_error' as is_shared
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
        near.is_shared,
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
