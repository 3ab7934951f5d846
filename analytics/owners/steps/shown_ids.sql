-- The ids that show in what callers sent, by the rules of certification/ids: one row per caller and integration, with the calls
-- that show it. `is_whole`: the integration shows, and not its partner alone.
-- Reads: called, callers, known_ids, known_digits.
with shown as (
    select
        called.caller,
        called.calls,
        coalesce(envelope.integration, digits.integration) as integration,
        digits_of(called.sent) as digits
    from called
    left join known_ids as envelope on called.body_integration_id = envelope.integration
    left join
        known_digits as digits
        on coalesce(nullif(parted_digits(called.sent), ''), digits_of(called.sent)) = digits.digits
    where called.sent is not null or called.body_integration_id is not null
),

whole as (
    select
        caller,
        integration,
        true as is_whole,
        calls
    from shown
    where integration is not null
    union all
    select
        shown.caller,
        known_ids.integration,
        false as is_whole,
        shown.calls
    from shown
    inner join known_ids on shown.digits = cast(known_ids.partner as varchar)
    where shown.integration is null
)

select
    whole.caller,
    whole.integration,
    cast(added_up_if(whole.is_whole, whole.calls) as double) / min(callers.calls) as id_share,
    cast(added_up_if(not whole.is_whole, whole.calls) as double) / min(callers.calls) as partner_share
from whole
inner join callers on whole.caller = callers.caller
group by whole.caller, whole.integration
