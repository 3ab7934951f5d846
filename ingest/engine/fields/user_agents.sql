-- What is kept of user agents, once for each of a block.

-- One row per row of user_agent_texts(code, text): the distinct user agents of a block.
create or replace table user_agent_texts (code integer, text varchar);

create or replace view user_agents as
select code, redacted_user_agent(text) as user_agent
from user_agent_texts;
