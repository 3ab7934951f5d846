-- title: What the calls of one pair say of themselves
-- unit: calls
-- grain: one row per sign and value: the program, the token's form, the version, the id as sent, the protocol, the log
-- key: sign, value
-- look_back: 0
-- meaning: The scope holds the calls of one integration at one customer. calls_before were made in $days days before
-- $since, calls_after from $since until before $until. A value that is only on one side changed when the calls did.
with sided as (
    select
        user_agent,
        token_form,
        api_version,
        integration_id,
        protocol,
        stream,
        called_at >= cast($since as timestamptz) as is_after
    from calls
    where called_at < cast($until as timestamptz) and called_at >= cast($since as timestamptz) - to_days($days)
),

told as (
    select 'program' as sign, user_agent as value, is_after from sided
    union all
    select 'token_form' as sign, token_form as value, is_after from sided
    union all
    select 'api_version' as sign, api_version as value, is_after from sided
    union all
    select 'integration_id' as sign, integration_id as value, is_after from sided
    union all
    select 'protocol' as sign, protocol as value, is_after from sided
    union all
    select 'stream' as sign, stream as value, is_after from sided
)

select
    sign,
    value,
    count(*) filter (where not is_after) as calls_before,
    count(*) filter (where is_after) as calls_after
from told
where value is not null
group by sign, value
order by sign asc, calls_before + calls_after desc, value asc
