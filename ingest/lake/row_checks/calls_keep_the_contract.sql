with judged as (
    select
        load_id,
        line_number,
        case
            when
                called_at is null or stream is null or product is null or protocol is null or environment is null
                or customer is null or id_status is null or own is null or method is null or operation is null
                or endpoint is null or status is null or outcome is null or query_length is null or token_form is null
                or filter_fields is null or operator_types is null
                then 'a column is empty that must not be'
            when (day is distinct from cast(timezone(getvariable('time_zone'), called_at) as date))
                then 'day ' || coalesce(cast(day as varchar), 'nothing') || ' is not called_at''s'
            when not list_contains(getvariable('product_words'), product) then 'product ' || product || ' is not known'
            when not list_contains(getvariable('protocol_words'), protocol) then 'protocol ' || protocol || ' is not known'
            when not list_contains(getvariable('environment_words'), environment) or product = 'sb' and environment <> 'production'
                then 'environment ' || environment || ' is not known'
            when not list_contains(getvariable('operation_words'), operation) then 'operation ' || operation || ' is not known'
            when not list_contains(getvariable('token_form_words'), token_form) then 'token_form ' || token_form || ' is not known'
            when not list_contains(getvariable('id_status_words'), id_status) then 'id_status ' || id_status || ' is not known'
            when not list_contains(getvariable('id_defect_words'), id_defect) then 'id_defect ' || id_defect || ' is not known'
            when status not between 100 and 599 then 'status ' || status || ' is none'
            when called_at < timestamptz '2000-01-01 00:00:00+00' then 'called_at is impossible'
            when not regexp_full_match(method, '[A-Z]{3,16}') then 'method is none'
            when list_min(operator_types) < 1 or list_max(operator_types) > 99 or list_count(operator_types) < len(operator_types)
                then 'an operator type is none'
            when least(duration_ms, request_bytes, response_bytes, query_length) < 0 then 'a size or duration is negative'
            when
                id_status = 'valid' and (
                    integration is distinct from partner || '_' || project or integration is distinct from integration_id
                )
                then 'integration and its parts differ'
            when id_status <> 'valid' and (partner is not null or project is not null or integration is not null)
                then 'attributed without a valid id'
            when
                (id_status = 'malformed') <> (id_defect is not null)
                or (id_status in ('missing', 'not_logged')) <> (integration_id is null)
                then 'id_status, id_defect and integration_id differ'
            when (own is distinct from coalesce(product = 'profit' and customer = cast(partner as varchar), false)) then 'own is wrong'
            when (outcome is distinct from outcome_of(status, duration_ms, query_length)) then 'outcome does not follow from status'
        end as defect
    from calls
)

select 'load ' || load_id || ', line ' || line_number || ': ' || defect
from judged
where defect is not null
order by 1
