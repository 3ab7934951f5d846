select
    'load ' || load_id || ', line ' || line_number || ': '
    || case
        when reason is null or not list_contains(getvariable('reason_words'), reason) then 'its reason is not known'
        when called_at < timestamptz '2000-01-01 00:00:00+00' then 'called_at is impossible'
        when not regexp_full_match(integration, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') then 'integration is no valid id'
        when not regexp_full_match(customer, '[1-9][0-9]{3,6}|[a-z0-9-]+/[a-z0-9_-]+') then 'customer is none'
        when (customer is null) <> (environment is null) then 'of customer and environment one is missing'
        when not list_contains(getvariable('environment_words'), environment) then 'its environment is not known'
        else 'source, line_number or byte_offset is missing or negative'
    end
from rejects
where
    reason is null or not list_contains(getvariable('reason_words'), reason)
    or source is null or stream is null or coalesce(line_number, 0) < 1 or coalesce(byte_offset, -1) < 0
    or called_at < timestamptz '2000-01-01 00:00:00+00' or not regexp_full_match(integration, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}')
    or not regexp_full_match(customer, '[1-9][0-9]{3,6}|[a-z0-9-]+/[a-z0-9_-]+') or (customer is null) <> (environment is null)
    or not list_contains(getvariable('environment_words'), environment)
order by 1
