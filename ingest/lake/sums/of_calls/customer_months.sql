-- What a call contributes to customer_months. Reads: sent (calls as they were sent).
select
    cast(date_trunc('month', day) as date) as month,
    stream,
    product,
    protocol,
    environment,
    customer,
    own,
    id_defect,
    id_status,
    partner,
    project,
    integration,
    operation,
    connector,
    status,
    outcome,
    day_bit(day) as days
from sent
