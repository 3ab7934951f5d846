-- title: some of the day's calls, as the lake keeps them
-- Reads the tables of shape.sql, day_calls, loads (stream, load_id, name), faults and the variables day, first and last (places).
-- long: one statement, and a bench has no steps.
with drawn as (
    select
        *,
        hash(cast(call as ubigint) * 64 + 33 + cast(getvariable('seed') as ubigint) * 36028797018963968) as bits,
        (bits & 65535) / 65536.0 as luck,
        ((bits >> 16) & 65535) / 65536.0 as why,
        normal(call, 34) as pace
    from day_calls
    where place between getvariable('first') and getvariable('last')
),

-- the calls that a fault of a link, or of what it calls, makes fail
faulty as (
    select
        drawn.place,
        max(faults.status) as status
    from drawn
    inner join slots using (slot)
    inner join faults
        on
            drawn.link = faults.link
            and drawn.called_at >= faults.since
            and drawn.called_at < faults.until
            and (faults.connector is null or faults.connector = slots.connector)
            and unit(drawn.call, 40) < faults.share
    where faults.status is not null
    group by drawn.place
),

answered as (
    select
        drawn.*,
        links.program,
        links.customer,
        links.environment,
        links.own,
        slots.* exclude (slot),
        cast(case
            when faulty.status is not null then faulty.status
            when drawn.is_refused then 401
            when getvariable('day_number') % 30 = 11 and hour(drawn.called_at) = 9 and drawn.why < 0.4 then 503
            when drawn.luck >= links.error_rate then case when slots.operation = 'insert' then 201 else 200 end
            when drawn.why < 0.40 then 500
            when drawn.why < 0.60 then 400
            when drawn.why < 0.75 then 404
            when drawn.why < 0.85 then 401
            when drawn.why < 0.90 then 403
            when drawn.why < 0.96 then 429
            when drawn.why < 0.97 then 413
            when drawn.why < 0.99 then 503
            else 504
        end as smallint) as status
    from drawn
    inner join links using (link)
    inner join slots using (slot)
    left join faulty using (place)
),

measured as (
    select
        *,
        case
            when status = 500 and why < 0.002 then 900000.0
            when status in (401, 403, 429) then 5 + floor(30 * luck)
            else 4 + floor(exp(log_duration + 0.8 * pace))
        end as duration_ms,
        query_length
        + case when coalesce(take, -1) > 0 then length(cast(page * take as varchar)) else 0 end as query_length_sent
    from answered
)

select
    measured.called_at,
    getvariable('day') as day,
    loads.name as stream,
    programs.product,
    programs.protocol,
    measured.environment,
    measured.customer,
    programs.sent_id as integration_id,
    programs.id_status,
    programs.id_defect,
    programs.partner,
    programs.project,
    programs.integration,
    measured.own,
    measured.method,
    measured.operation,
    measured.connector,
    measured.endpoint,
    measured.status,
    outcome_of(measured.status, measured.duration_ms, measured.query_length_sent) as outcome,
    measured.duration_ms,
    cast(380 + case when measured.operation in ('insert', 'update') then exp(6.5 + measured.pace) else 0 end as bigint)
        as request_bytes,
    cast(case when measured.status < 400 then exp(measured.log_response + measured.pace) else 180 end as bigint)
        as response_bytes,
    case when measured.take = -1 then -1 else measured.take * measured.page end as skip,
    measured.take,
    measured.ordered,
    measured.filter_fields,
    list_transform(measured.filter_fields, lambda name: if(name = 'Nummer', 1, 2)) as operator_types,
    measured.query_length_sent as query_length,
    programs.token_form,
    cast(null as varchar) as body_integration_id,
    programs.user_agent,
    programs.api_version,
    -- letters only: redaction takes eight digits for a number that somebody has
    case
        when programs.is_traced then translate(lower(to_hex(measured.bits >> 32)), '0123456789', 'ghjkmnpqrs')
    end as request_id,
    loads.load_id,
    measured.line_number
from measured
inner join programs using (program)
inner join loads using (stream)
order by measured.place
