-- The likeliest answer for each caller and prefix: one row each. A known integration that nothing points at cannot be named, so the
-- next answer is given, with its own probability. Nothing here is certain, so none is above 0.99.
-- Reads: scored.
with placed as (
    select
        *,
        row_number() over (
            partition by caller, prefix
            order by probability desc, integration asc nulls last, kind asc
        ) as place
    from scored
    where kind <> 'unseen'
)

select
    caller,
    prefix,
    integration,
    least(round(probability, 2), 0.99) as confidence,
    case kind
        when 'nobody' then 'nobody known'
        when 'aggregator' then 'aggregator: its program calls for several partners'
        else coalesce(nullif(array_to_string(list_filter([
            case when id_shown > 0 then 'its id shows in what was sent' end,
            case when partner_shown > 0 then 'the number of its partner was sent' end,
            case when is_prefix_telling then 'only its partner uses this prefix' end,
            case when is_prefix_shared then 'it uses this prefix, as others do' end,
            case when telling_agent > 0 then 'only its partner uses this program' end,
            case when is_agent_shared then 'it uses this program, as others do' end,
            case when same_version > 0 then 'it uses this version' end,
            case when named > 0 then 'program or prefix has its name' end,
            case when took_over > 0 then 'its ids stop where these calls begin, or begin where they stop' end,
            case when same_library > 0 and same_version = 0 then 'it uses this library' end,
            case when at_customer > 0 and took_over = 0 then 'known at this customer' end,
            case
                when likeness > 0.5
                    then 'calls ' || cast(cast(round(100 * likeness) as integer) as varchar) || ' % of this by weight'
            end
        ], lambda reason: reason is not null), '; '), ''), 'the likeliest by its number of customers')
    end as why
from placed
where place = 1
