-- title: Branches per integration
-- unit: customers
-- grain: one row per integration and branch with a customer
-- key: integration, branch
-- look_back: 0
-- meaning: In which branches an integration is used. Branch_customers: all customers of the branch with a call that succeeded,
-- with whatever id or none. Share: the part of them that use the integration. Lift: how many times the share it has among all
-- customers with a branch; above 1 the branch uses it more than others do. Customers without a branch in the registry are a row
-- without a branch, share and lift. Not for publication as it is: 'koppelzicht branches --publish' hides small numbers.
with customers_of as (
    select distinct
        calls.integration,
        calls.customer,
        customers.branch
    from calls
    left join customers on calls.customer = customers.customer
    where calls.status < 400 and not calls.own
),

branches as (
    select
        branch,
        count(distinct customer) as customers
    from customers_of
    where branch is not null
    group by branch
),

everybody as (
    select sum(customers) as customers
    from branches
),

counted as (
    select
        integration,
        branch,
        count(*) as customers
    from customers_of
    where integration is not null
    group by integration, branch
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
        as lift
from counted
inner join totals on counted.integration = totals.integration
left join branches on counted.branch = branches.branch
left join integrations on counted.integration = integrations.integration
cross join everybody
order by totals.all_customers desc, counted.integration asc, counted.customers desc, counted.branch asc nulls last
