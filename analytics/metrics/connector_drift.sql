-- title: Connector drift
-- unit: fraction
-- grain: one row per identified integration and customer that used a GetConnector of a known name
-- key: integration, customer
-- look_back: 0
-- meaning: How far the GetConnectors of a customer are from those that the integration usually reads. A customer may deviate from
-- the certified set by a tenth. No log holds that set. Its place takes the usual set: the GetConnectors that at least a
-- tenth of the integration's customers use in production, and at least two of them, in everything that is loaded. What
-- several customers have is a part of the product; what a single one of many has was made for it. Only calls of Profit
-- that make a customer of somebody count, so failed calls and the partner's own environment do not. In a short log, a
-- connector that is seldom called looks unusual: load a month at least.
-- connectors: the GetConnectors that the customer used in this scope. Names that differ only in case are one.
-- outside: those that are not in the usual set.
-- drift: their fraction; more than 0.1 deviates. Outside and drift are null if fewer than five customers use the
-- integration, or no two of them the same GetConnector: then nothing tells what is usual.
-- usual: the number of GetConnectors in the usual set.
-- outside_names: the names of those outside.
-- name: the integration's.
with used as (
    select
        integration,
        customer,
        lower(connector) as folded
    from customer_months
    where is_identified_get(product, id_status, operation, connector) and is_use(status, operation, own)
    group by integration, customer, folded
),

used_by_all as (
    select
        integration,
        customer,
        lower(connector) as folded
    from customer_months_all
    where
        environment = 'production' and is_identified_get(product, id_status, operation, connector)
        and is_use(status, operation, own)
    group by integration, customer, folded
),

sizes as (
    select
        integration,
        count(distinct customer) as users
    from used_by_all
    group by integration
),

usual_ones as (
    select
        used_by_all.integration,
        used_by_all.folded
    from used_by_all
    inner join sizes on used_by_all.integration = sizes.integration
    group by used_by_all.integration, used_by_all.folded, sizes.users
    having count(*) >= 2 and 10 * count(*) >= sizes.users
),

sets as (
    select
        usual_ones.integration,
        count(*) as usual
    from usual_ones
    inner join sizes on usual_ones.integration = sizes.integration
    where sizes.users >= 5
    group by usual_ones.integration
),

compared as (
    select
        used.integration,
        used.customer,
        sets.usual,
        count(*) as connectors,
        count(*) filter (where usual_ones.folded is null) as outside,
        string_agg(spelled.connector, ', ' order by spelled.connector) filter (where usual_ones.folded is null) as names
    from used
    left join sets on used.integration = sets.integration
    left join usual_ones on used.integration = usual_ones.integration and used.folded = usual_ones.folded
    left join connectors as spelled on used.folded = spelled.folded
    group by used.integration, used.customer, sets.usual
)

select
    compared.integration,
    compared.customer,
    compared.connectors,
    case when compared.usual > 0 then compared.outside end as outside,
    case when compared.usual > 0 then cast(compared.outside as double) / compared.connectors end as drift,
    compared.usual,
    case when compared.usual > 0 then compared.names end as outside_names,
    integrations.name
from compared
left join integrations on compared.integration = integrations.integration
order by drift desc nulls last, outside desc nulls last, compared.integration asc, compared.customer asc
