-- title: Branches per integration
-- unit: customers
-- grain: one row per integration and branch with a customer
-- key: integration, branch
-- look_back: 0
-- meaning: In which branches an integration is used. Branch_customers: all customers of the branch with a call that
-- succeeded and was no log-in, with whatever id or none, also where one partner, integration, customer or connector is
-- asked for. Share: the part of them that use the integration. Lift: how many times the share it has among all
-- customers with a branch; above 1 the branch uses it more than others do. Customers without a branch in the registry are a row
-- without a branch, share and lift. Not for publication as it is: 'koppelzicht branches --publish' gives ranges.
with everybodys as (
    select distinct calls_all.customer
    from calls_all
    cross join scope
    where
        is_use(calls_all.status, calls_all.operation, calls_all.own)
        and calls_all.day >= scope.since
        and calls_all.day < scope.until
        and (scope.environment = 'all' or calls_all.environment = scope.environment)
        and calls_all.product = coalesce(scope.product, calls_all.product)
        and calls_all.stream = coalesce(scope.stream, calls_all.stream)
),

branches as (
    select
        customers.branch,
        count(*) as customers
    from everybodys
    inner join customers on everybodys.customer = customers.customer
    where customers.branch is not null
    group by customers.branch
),

everybody as (
    select sum(customers) as customers
    from branches
),

counted as (
    select
        calls.integration,
        customers.branch,
        count(distinct calls.customer) as customers
    from calls
    left join customers on calls.customer = customers.customer
    where calls.id_status = 'valid' and is_use(calls.status, calls.operation, calls.own)
    group by calls.integration, customers.branch
),

totals as (
    select
        integration,
        sum(customers) as all_customers,
        sum(customers) filter (where branch is not null) as customers
    from counted
    group by integration
)

select
    counted.integration,
    integrations.name,
    counted.branch,
    counted.customers,
    branches.customers as branch_customers,
    cast(counted.customers as double) / branches.customers as share,
    (cast(counted.customers as double) / branches.customers) / (cast(totals.customers as double) / everybody.customers)
        as lift,
    integrations.listed
from counted
inner join totals on counted.integration = totals.integration
left join branches on counted.branch = branches.branch
left join integrations on counted.integration = integrations.integration
cross join everybody
order by totals.all_customers desc, counted.integration asc, counted.customers desc, counted.branch asc nulls last
