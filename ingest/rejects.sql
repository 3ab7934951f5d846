-- The rejected lines among `understood`, with what was found and what was expected, and their redacted beginning. When they were
-- sent and whose they are says which figures they are missing in; of a line that was cut off neither is sure.
select
    understood.line_number,
    understood.byte_offset,
    understood.fate as reason,
    nullif(left(concat_ws('; ', case understood.fate
        when 'torn_line' then 'the source ends in this line, which is no record so far: ' || coalesce(raw.detail, 'no sound JSON object')
        when 'line_too_long' then 'longer than ' || getvariable('max_line_bytes') || ' bytes'
        when 'bad_time' then
            case
                when raw.called_at is null and raw.detail is not null then raw.detail
                when raw.called_at is null and raw.time_text is null then 'no time is logged'
                when raw.called_at is null then time_defect(raw.time_text, raw.time_format)
                else impossible_time(raw.called_at, lines.line)
            end
        when 'bad_method' then coalesce(
            case when raw.method is null then raw.detail end,
            'method ' || coalesce(redacted_sample(raw.method), 'missing') || ', expected letters'
        )
        when 'bad_url' then coalesce(case when raw.base is null then raw.detail end, 'expected an absolute URL such as https://1234.rest.afas.online/ProfitRestServices/...')
        when 'bad_status' then coalesce(
            case when raw.status is null then raw.detail end,
            'status ' || coalesce(redacted_sample(raw.status), 'missing') || ', expected 100 to 599'
        )
        when 'unknown_host' then 'the host is none of the platform''s'
        when 'no_customer' then
            case
                when raw.detail is not null then raw.detail
                when starts_with(raw.base, '/') and coalesce(raw.other_host, platform_host_in(lines.line)) is not null
                    then lower(coalesce(raw.other_host, platform_host_in(lines.line)))
                    || ' stands in the line, in a field that is not read as the host: --layout or --dialect says which one is'
                when starts_with(raw.base, '/') then 'no host is logged: --host says which it is'
                else 'the URL names no customer'
            end
        when 'not_a_record' then
            case
                when contains(rtrim(lines.line, e'\r\n'), e'\r')
                    then 'a carriage return alone stands in it; where that ends a line, tr ''\r'' ''\n'' makes it one'
                when contains(lines.line, chr(0)) then null
                when raw.detail is null
                    and regexp_matches(lines.line, '^\s*\{(?s:.*)\}\s*,\s*$')
                    and json_valid(regexp_replace(lines.line, ',\s*$', ''))
                    then 'a comma stands behind the object, as in a JSON list; sed ''s/,[[:space:]]*$//'' FILE > NEW takes it away'
                else coalesce(raw.detail, 'no sound JSON object')
            end
        when 'too_deep' then 'more than 64 objects and lists inside each other'
        when 'duplicate_key' then raw.detail
        else raw.detail
    end, nul_bytes(lines.line, understood.fate <> 'line_too_long')), 500), '') as detail,
    redacted_sample(regexp_replace(lines.line, '\r?\n?$', '')) as sample,
    case
        when understood.fate <> 'torn_line' and raw.called_at between timestamptz '2000-01-01 00:00:00+00' and getvariable('latest_call')
            then raw.called_at
    end as called_at,
    case when understood.fate <> 'torn_line' then ids.integration end as integration
from understood
join lines using (line_number)
join raw using (line_number)
left join known_integration_ids as ids on ids.code = raw.integration_ids_code
where understood.fate <> 'ignored'
