-- title: Months of each customer
-- unit: customers
-- grain: one row per integration, customer and month in which it was a customer
-- key: integration, customer, month
-- look_back: 36500
-- steps: customers/arrivals
-- meaning: As far back as there are logs, whatever the period's first day; customers/steps/arrivals.sql says what arrival is.
select
    integration,
    customer,
    month,
    arrival
from arrivals
order by integration asc, customer asc, month asc
