-- The rules of use: how bad it is to break one, what that costs, which part of the calls may break it, and what to do.
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
        'Ask for pages (skip and take), and only for rows that have changed; not for everything.'
    ),
    (
        'high_skip', 'high', 20, 0.0,
        'Narrow by a filter instead of skipping: a skip above 100,000 is no longer acceptable.'
    ),
    (
        'unordered_paging', 'medium', 10, 0.0,
        'Send orderbyfieldids with skip and take: else pages overlap, and rows are missed.'
    ),
    ('slow', 'medium', 10, 0.1, 'Ask for fewer rows and fields: a good request takes less than a second.'),
    (
        'long_query', 'medium', 10, 0.0,
        'Shorten the filter (filterjson, several calls): beyond 2049 characters it is a 404.'
    ),
    ('parallel', 'high', 20, 0.0, 'Have at most five calls under way at once for a customer.'),
    (
        'supplied_connectors', 'medium', 10, 0.0,
        'Use GetConnectors of your own: supplied ones (Profit_...) change, and block certification.'
    ),
    ('plain_token', 'high', 20, 0.0, 'Send the token base64-encoded (AfasToken ...), or better use OAuth.'),
    ('token_in_body', 'low', 5, 0.0, 'Send the token in the Authorization header, not in the SOAP envelope.'),
    ('hammering', 'high', 20, 0.0, 'Stop after a 401 or 403 and tell the customer: asking again changes nothing.'),
    (
        'dead_token', 'medium', 10, 0.0,
        'Have the customer make a new token or allow the address, and stop calling until then.'
    ),
    ('ignored_unavailable', 'medium', 10, 0.0, 'After a 503, wait as long as its retry_after says.')
) as listed (rule, severity, weight, tolerated, advice)
