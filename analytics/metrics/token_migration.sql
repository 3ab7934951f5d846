-- title: Migration to OAuth
-- unit: fraction
-- grain: one row per integration and customer with an identified call of Profit
-- key: integration, customer
-- look_back: 0
-- meaning: Who still sends classic tokens (AfasToken), which end on 31 August 2027. Only calls of
-- Profit count, whose tokens they are. Log-ins use neither kind of token, so they count as calls and in no share.
-- calls: every call, log-ins included.
-- bearer_share: the fraction of calls with an OAuth token among those whose token is known. Null if none is: a log without
-- the header Authorization says nothing, and nobody in it is counted as classic.
-- last_classic_call: when the last call with a classic token was made: base64, plain, or in the SOAP body.
-- state: bearer if all known tokens are of OAuth, classic if none is, mixed if some are, not_logged if none is known.
-- bearer: calls with an OAuth token.
-- classic: calls with a classic token.
-- unknown: calls without a token, or in a log that does not show it.
-- oauth_log_ins: calls to oauth/token. They show in any log that a program has begun to use OAuth.
-- last_call: when the last call was made.
-- is_customer: whether the calls make it a customer of the integration; log-ins, errors and own calls do not.
-- name: the integration's.
with told as (
    select
        calls.*,
        operation = 'auth' as is_log_in
    from calls
    where id_status = 'valid' and product = 'profit'
),

counted as (
    select
        integration,
        customer,
        bool_or(is_use(status, operation, own)) as is_customer,
        count(*) as calls,
        count(*) filter (where not is_log_in and token_form = 'bearer') as bearer,
        count(*) filter (where not is_log_in and is_classic(token_form)) as classic,
        count(*) filter (where not is_log_in and token_form in ('none', 'not_logged')) as unknown,
        count(*) filter (where is_log_in and endpoint = 'oauth/token') as oauth_log_ins,
        max(called_at) filter (where not is_log_in and is_classic(token_form)) as last_classic_call,
        max(called_at) as last_call
    from told
    group by integration, customer
)

select
    counted.integration,
    counted.customer,
    counted.calls,
    counted.bearer / cast(nullif(counted.bearer + counted.classic, 0) as double) as bearer_share,
    counted.last_classic_call,
    case
        when counted.bearer + counted.classic = 0 then 'not_logged'
        when counted.classic = 0 then 'bearer'
        when counted.bearer = 0 then 'classic'
        else 'mixed'
    end as state,
    counted.bearer,
    counted.classic,
    counted.unknown,
    counted.oauth_log_ins,
    counted.last_call,
    counted.is_customer,
    integrations.name
from counted
left join integrations on counted.integration = integrations.integration
order by counted.calls desc, counted.integration asc, counted.customer asc
