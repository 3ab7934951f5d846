-- Understand the values in `raw` that no dictionary has yet: find the new texts, ask the view that understands them, keep
-- the answers.
truncate integration_id_texts;

insert into integration_id_texts
select distinct id_text, coalesce(id_repeated, false)
from raw
where
    fate is null
    and not exists (
        from known_integration_ids as known
        where known.text is not distinct from raw.id_text and known.repeated = coalesce(raw.id_repeated, false)
    );

insert into known_integration_ids
select * from integration_ids;

truncate request_base_texts;

insert into request_base_texts
select distinct upper(method), base
from raw
where fate is null and method is not null and base is not null
except
select method, base from known_request_bases;

insert into known_request_bases
select * from request_bases;

truncate request_query_texts;

insert into request_query_texts
select distinct query
from raw
where fate is null and query is not null
except
select query from known_request_queries;

insert into known_request_queries
select * from request_queries;

truncate user_agent_texts;

insert into user_agent_texts
select distinct user_agent
from raw
where fate is null and user_agent is not null
except
select text from known_user_agents;

insert into known_user_agents
select * from user_agents;
