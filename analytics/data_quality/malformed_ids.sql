-- title: Malformed IntegrationIds
-- unit: calls
-- grain: one row per value that was sent as an IntegrationId and is not one
-- key: integration_id, id_defect
-- look_back: 0
-- meaning: The value in the header, its defect, and the number of customers at which it was sent.
select
    malformed_id as integration_id,
    id_defect,
    cast(sum(calls) as bigint) as calls,
    count(distinct unnamed_customer) as customers,
    min(user_agent) as user_agent,
    max(last_call) as last_call
from daily_senders
where id_status = 'malformed'
group by malformed_id, id_defect
order by calls desc, integration_id asc nulls last, id_defect asc nulls last
