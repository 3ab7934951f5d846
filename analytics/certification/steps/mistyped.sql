-- Valid ids that are another id mistyped: one row per id that was sent.
-- Reads: id_groups.
select
    sent.integration as sent,
    min(meant.integration) as integration,
    min(meant.partner) as partner
from (
    select distinct
        integration,
        partner,
        split_part(integration, '_', 2) as project
    from id_groups
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
