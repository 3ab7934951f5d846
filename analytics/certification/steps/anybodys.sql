-- The names of libraries and tools that any vendor may use: they tell nobody apart.
select unnest([
    'apache-httpclient', 'axios', 'curl', 'dart', 'excel', 'go-http-client', 'guzzlehttp', 'httpclient', 'java',
    'microsoft', 'microsoft.data.mashup', 'mozilla', 'node', 'node-fetch', 'okhttp', 'php', 'php-soap', 'postmanruntime',
    'powershell', 'python', 'python-httpx', 'python-requests', 'python-urllib', 'restsharp', 'ruby', 'undici', 'wget'
]) as agent
