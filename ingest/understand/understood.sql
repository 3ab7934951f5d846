-- From what a format read (`raw`) to calls and rejects: one row a line. `fate` is null for a call, 'ignored', or the reason of
-- its rejection; of several reasons the first one here. What repeats from call to call is understood already: the codes say
-- which answers of known_request_bases, known_request_queries and known_integration_ids are the line's. Columns that are such an
-- answer as it stands do not pass through here, only the codes. `envelopes` are the answers of envelopes.sql.
with addressed as (
    select
        raw.* exclude (method),
        upper(raw.method) as method,
        unjudged_request_id(raw.request_id) as unjudged,
        bases.* exclude (code)
    from raw
    left join known_request_bases as bases on bases.code = raw.request_bases_code
),

joined as (
    select
        call.* exclude (operation, connector, status),
        -- 200.0 is what becomes of a whole number in a column of floating-point ones, as data frames write them
        case when regexp_full_match(call.status, '[1-5][0-9]{2}([.]0{1,9})?') then cast(left(call.status, 3) as smallint) end as status,
        operation_of(call.operation, call.is_soap_service, call.method, queries.asks_for_wsdl) as operation,
        case
            when call.operation in ('get', 'write') then coalesce(envelopes.soap_connector, call.connector)
            else call.connector
        end as connector,
        envelopes.update_operation,
        envelopes.has_token,
        envelopes.body_integration_id,
        queries.query_length,
        queries.ordered,
        ids.partner
    from addressed as call
    left join known_request_queries as queries on queries.code = call.request_queries_code
    left join envelopes on envelopes.line_number = call.line_number
    left join known_integration_ids as ids on ids.code = call.integration_ids_code
),

judged as (
    select
        line_number,
        byte_offset,
        integration_ids_code,
        request_bases_code,
        request_queries_code,
        user_agents_code,
        case
            when fate is not null then fate
            when called_at is null or called_at < timestamptz '2000-01-01 00:00:00+00' or called_at > getvariable('latest_call')
                then 'bad_time'
            when method is null or not regexp_full_match(method, '[A-Z]{3,16}') then 'bad_method'
            when reason = 'bad_url' or reason is null and customer is null then 'bad_url'
            when status is null then 'bad_status'
            else reason
        end as fate,
        called_at,
        cast(timezone(getvariable('time_zone'), called_at) as date) as day,
        coalesce(product = 'profit' and customer = cast(partner as varchar), false) as own,
        method,
        case when operation = 'write' then coalesce(update_operation, operation) else operation end as operation,
        connector,
        status,
        outcome_of(status, duration_ms, query_length) as outcome,
        duration_ms,
        request_bytes,
        response_bytes,
        case when operation = 'get' then ordered end as ordered,
        token_form_of(authorization_header, headers_logged, has_token) as token_form,
        body_integration_id,
        redacted_version(api_version) as api_version,
        judged_request_id(request_id, unjudged) as request_id
    from joined
)

-- What is wrong with a last line that is no record, and may go on, is that it was cut off. One that is a record has no more to come.
select
    * replace (
        case when fate = 'not_a_record' and list_contains(getvariable('torn_lines'), line_number) then 'torn_line' else fate end as fate
    )
from judged
