-- title: Months of each customer
-- unit: customers
-- grain: one row per integration, customer and month in which it was a customer
-- key: integration, customer, month
-- look_back: 0
-- steps: customers/arrivals
-- meaning: The months in which each customer used the integration, as far back as there are logs, whatever the first
-- day of the period. customers/steps/arrivals.sql explains arrival.
select
    integration,
    customer,
    month,
    arrival
from arrivals
order by integration asc, customer asc, month asc
