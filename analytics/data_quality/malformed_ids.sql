-- title: Malformed IntegrationIds
-- unit: calls
-- grain: one row per id as it was sent that is no id
-- key: integration_id, id_defect
-- look_back: 0
-- meaning: What stands in the header instead of an id, what is wrong with it, and at how many customers.
select
    integration_id,
    id_defect,
    count(*) as calls,
    count(distinct customer) as customers,
    min(user_agent) as user_agent,
    max(called_at) as last_call
from calls
where id_status = 'malformed'
group by integration_id, id_defect
order by calls desc, integration_id asc nulls last, id_defect asc nulls last
