-- title: Months of each customer
-- unit: customers
-- grain: one row per integration, customer and month in which it was a customer
-- key: integration, customer, month
-- look_back: 36500
-- meaning: As far back as there are logs, whatever the period's first day; see views/customer_months.sql for what arrival says.
select
    integration,
    customer,
    month,
    arrival
from customer_months
order by integration asc, customer asc, month asc
