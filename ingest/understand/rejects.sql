-- The rejected lines among `understood`, with what was found and what was expected, and their redacted beginning. When they were
-- sent and whose they are says which figures they are missing in; of a line that was cut off neither is sure, and where the URL
-- is what is wrong, nor is the customer. `time_defects` are the answers of time_defects.sql, `wrapped_lines`
-- those of wrapped_otherwise.sql.
-- long: what is said of each reason stands in one list.
with rejected as (
    select
        understood.line_number,
        understood.byte_offset,
        understood.fate as reason,
        raw.* exclude (line_number, byte_offset, fate),
        lines.line,
        ids.integration,
        bases.customer,
        bases.environment,
        time_defects.defect as time_defect,
        wrapped_lines.said as wrapped
    from understood
    inner join lines using (line_number)
    inner join raw using (line_number)
    left join time_defects using (line_number)
    left join wrapped_lines using (line_number)
    left join known_request_bases as bases on bases.code = raw.request_bases_code
    left join known_integration_ids as ids on ids.code = raw.integration_ids_code
    where understood.fate <> 'ignored'
),

sampled as (
    select
        *,
        list_transform(
            [
                regexp_replace(line, '\r?\n?$', ''),
                case reason when 'bad_method' then method when 'bad_status' then status end
            ],
            lambda text: redacted_sample(text)
        ) as samples,
        case
            when reason = 'no_customer' and detail is null and starts_with(base, '/')
                then lower(coalesce(other_host, platform_host_in(line)))
        end as host
    from rejected
)

select
    line_number,
    byte_offset,
    reason,
    nullif(left(concat_ws('; ', coalesce(wrapped, case reason
        when 'torn_line' then 'the source ends in this line, which is no record so far: ' || coalesce(detail, 'no sound JSON object')
        when 'line_too_long' then 'longer than ' || getvariable('max_line_bytes') || ' bytes'
        when 'bad_time'
            then case
                when called_at is null and detail is not null then detail
                when called_at is null and time_text is null then 'no time is logged'
                when called_at is null then time_defect
                else impossible_time(called_at, line)
            end
        when 'bad_method'
            then coalesce(
                case when method is null then detail end,
                named_value('method', method, samples[2]) || ', expected letters'
            )
        when 'bad_url'
            then coalesce(
                case when base is null then detail end,
                case when coalesce(regexp_full_match(base, '[\s\p{Z}\p{C}]*'), true) then named_value('URL', base, '') || ', ' else '' end
                || 'expected an absolute URL such as https://1234.rest.afas.online/ProfitRestServices/...'
            )
        when 'bad_status'
            then coalesce(
                case when status is null then detail end,
                named_value('status', status, samples[2]) || ', expected 100 to 599'
            )
        when 'unknown_host' then 'the host is none of the platform''s'
        when 'no_customer'
            then case
                when detail is not null then detail
                when host is not null
                    then host || ' stands in the line, in a field that is not read as the host: ' || getvariable('says_host')
                when starts_with(base, '/') then 'no host is logged: --host says which it is'
                else 'the URL names no customer'
            end
        when 'not_a_record'
            then case
                when contains(rtrim(line, e'\r\n'), e'\r')
                    then 'a carriage return alone stands in it; where that ends a line, tr ''\r'' ''\n'' makes it one'
                when contains(line, chr(0)) then null
                when
                    detail is null
                    and regexp_matches(line, '^\s*\{(?s:.*)\}\s*,\s*$')
                    and json_valid(regexp_replace(line, ',\s*$', ''))
                    then 'a comma stands behind the object, as in a JSON list; sed ''s/,[[:space:]]*$//'' FILE > NEW takes it away'
                else coalesce(detail, 'no sound JSON object')
            end
        when 'too_deep' then 'more than 64 objects and lists inside each other'
        when 'duplicate_key' then detail
        else detail
    end), nul_bytes(line, reason <> 'line_too_long')), 500), '') as detail,
    samples[1] as sample,
    case
        when reason <> 'torn_line' and called_at between timestamptz '2000-01-01 00:00:00+00' and getvariable('latest_call')
            then called_at
    end as called_at,
    case when reason <> 'torn_line' then integration end as integration,
    case when reason not in ('torn_line', 'bad_url', 'unknown_host', 'no_customer') then customer end as customer,
    case when reason not in ('torn_line', 'bad_url', 'unknown_host', 'no_customer') and customer is not null then environment end as environment
from sampled
