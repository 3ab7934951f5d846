-- The rules of use: the severity of breaking one, what it costs, the fraction of calls that may break it, and the
-- advice.
select
    rule,
    severity,
    weight,
    tolerated,
    advice
from (
    values
    (
        'take_all', 'high', 20, 0.0,
        'Read in pages (skip and take), and read only the rows that have changed.'
    ),
    (
        'high_skip', 'high', 20, 0.0,
        'Use a filter instead of a high skip: a skip above 100,000 is no longer acceptable.'
    ),
    (
        'unordered_paging', 'medium', 10, 0.0,
        'Send orderbyfieldids with skip and take. Otherwise pages overlap and you miss rows.'
    ),
    ('slow', 'medium', 10, 0.1, 'Ask for fewer rows and fields. A good request takes less than a second.'),
    (
        'long_query', 'medium', 10, 0.0,
        'Shorten the filter (filterjson, several calls). More than 2049 characters give a 404.'
    ),
    ('parallel', 'high', 20, 0.0, 'Make at most five calls at the same time for one customer.'),
    (
        'supplied_connectors', 'medium', 10, 0.0,
        'Use GetConnectors of your own. Supplied ones (Profit_...) change, and block certification.'
    ),
    (
        'text_search', 'medium', 10, 0.0,
        'Filter by equals, greater or less. Contains, starts and ends are slow. In the definition of a GetConnector they block certification.'
    ),
    ('plain_token', 'high', 20, 0.0, 'Encode the token as base64 (AfasToken ...), or better: use OAuth.'),
    ('token_in_body', 'low', 5, 0.0, 'Send the token in the Authorization header, not in the SOAP body.'),
    ('hammering', 'high', 20, 0.0, 'Stop after a 401 or 403 and tell the customer. Calling again changes nothing.'),
    (
        'dead_token', 'medium', 10, 0.0,
        'Ask the customer for a new token, or to allow the address. Stop calling until then.'
    ),
    ('ignored_unavailable', 'medium', 10, 0.0, 'After a 503, wait as long as its retry_after says before you call again.')
) as listed (rule, severity, weight, tolerated, advice)
