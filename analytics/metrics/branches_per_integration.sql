-- title: Branches per integration
-- unit: customers
-- grain: one row per integration and branch in which the integration has a customer
-- key: integration, branch
-- look_back: 0
-- meaning: The branches in which each integration is used. Customers that have no branch in the registry share one row,
-- with no branch, share and lift. Do not publish these figures as they are: `koppelzicht branches --publish` writes
-- ranges.
-- branch_customers: all customers of the branch that made at least one call that succeeded and was not a log-in, with
-- any id or none. Narrowing to a partner, integration, customer or connector does not change this figure.
-- share: the fraction of them that use the integration.
-- lift: that share, divided by the share that the integration has among all customers with a branch. Above 1, the
-- branch uses the integration more than others do.
with everybodys as (
    select distinct customer_months_all.customer
    from customer_months_all
    cross join scope
    where
        is_use(customer_months_all.status, customer_months_all.operation, customer_months_all.own)
        and days_within(customer_months_all.month, customer_months_all.days, scope.since, scope.until) <> 0
        and (scope.environment = 'all' or customer_months_all.environment = scope.environment)
        and customer_months_all.product = coalesce(scope.product, customer_months_all.product)
        and customer_months_all.stream = coalesce(scope.stream, customer_months_all.stream)
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

used as (
    select distinct
        integration,
        customer
    from customer_months
    where id_status = 'valid' and is_use(status, operation, own)
),

counted as (
    select
        used.integration,
        customers.branch,
        count(*) as customers
    from used
    left join customers on used.customer = customers.customer
    group by used.integration, customers.branch
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
