-- Those whose calls follow one another: an integration at a customer, or for unidentified calls a program there. One row per
-- `name`, customer and environment. `caller` is its number: to sort by three texts would take far longer.
-- The number is a hash, so that a call has it without a search. Should two callers have the same hash, they get numbers below
-- 0 instead, which no hash is.
-- Reads: calls.
with named as (
    select
        coalesce(integration, user_agent, '') as name,
        customer,
        environment
    from calls
    group by coalesce(integration, user_agent, ''), customer, environment
)

select
    name,
    customer,
    environment,
    case
        when count(*) over (partition by hash_of(name, customer, environment)) = 1
            then hash_of(name, customer, environment)
        else -row_number() over (order by name, customer, environment)
    end as caller
from named
