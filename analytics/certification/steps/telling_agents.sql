-- The programs that only one partner uses: one row each.
-- Reads: identified.
with anybodys (agent) as (
    values
    ('apache-httpclient'), ('axios'), ('curl'), ('dart'), ('excel'), ('go-http-client'), ('guzzlehttp'), ('httpclient'),
    ('java'), ('microsoft'), ('microsoft.data.mashup'), ('mozilla'), ('node'), ('node-fetch'), ('okhttp'), ('php'),
    ('php-soap'), ('postmanruntime'), ('powershell'), ('python'), ('python-httpx'), ('python-requests'), ('python-urllib'),
    ('restsharp'), ('ruby'), ('undici'), ('wget')
)

select
    agent,
    min(partner) as partner,
    case when count(distinct integration) = 1 then min(integration) end as integration
from identified
where agent is not null and agent not in (select anybodys.agent from anybodys)
group by agent
having count(distinct partner) = 1
