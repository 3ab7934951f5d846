-- One block of lines, from `raw` to `block`: fill the dictionaries, understand every line once.
truncate integration_id_texts;
truncate request_base_texts;
truncate request_query_texts;
truncate user_agent_texts;

insert into integration_id_texts
select distinct id_text, coalesce(id_repeated, false) from raw where fate is null;

insert into request_base_texts
select distinct upper(method), url_base(url), asks_for_wsdl(url) from raw where fate is null;

insert into request_query_texts
select distinct url_query(url) from raw where fate is null;

insert into user_agent_texts
select distinct user_agent from raw where fate is null and user_agent is not null;

create or replace temp table block as
select * from understood;
