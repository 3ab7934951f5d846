-- What a status means in this API (the vendor's documentation of its error codes), and who can fix it. A 500 is a functional
-- or validation error of the request, not an outage, unless it is the server's time limit of 900 seconds; a query string
-- of more than 2049 characters is answered with 404.
create or replace macro outcome_of(status, duration_ms, query_length) as (
    case
        when status < 400 then 'ok'
        when status = 400 then 'bad_request'
        when status = 401 then 'unauthorized'
        when status = 403 then 'forbidden'
        when status = 404 then case when query_length > 2049 then 'query_too_long' else 'not_found' end
        when status = 413 then 'too_large'
        when status = 429 then 'throttled'
        when status < 500 then 'client_error'
        when status = 500 then case when duration_ms >= 900000 then 'timeout' else 'validation' end
        when status in (502, 503, 504) then 'unavailable'
        else 'server_error'
    end
);

create or replace macro party_of(outcome) as (
    case
        when outcome = 'ok' then null
        when outcome in ('unauthorized', 'forbidden') then 'customer'
        when outcome in ('unavailable', 'timeout', 'server_error') then 'vendor'
        else 'partner'
    end
);
