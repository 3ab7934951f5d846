-- What damaged lines say all the same: one row per row of `raw` (damaged lines only), in order; their texts are in `lines`. A line that is
-- no sound record may be the only call of a customer, so it is kept whose it was and when, where the line leaves no doubt: one
-- host of the platform stands in it, and one IntegrationId, by its name or else by its form. Of what a line begins or ends with a
-- part may be missing, and a part of a number is another customer's: so an id stands between others, and a host does not begin the
-- line, unless as access logs have it, by itself. It may end the line, for its own end shows that it is whole.
-- Of SB the path belongs to the customer: its first part, with what ends it, behind the host or of the request.
-- Only the beginning is looked at: a line may be a million characters long, and what is asked for stands in front.
with split as (
    select
        raw.line_number,
        raw.id_text,
        raw.called_at,
        lines.line,
        regexp_split_to_array(lines.line, '[^A-Za-z0-9._-]+') as words,
        regexp_extract(lines.line, '^(' || getvariable('platform_host') || ')[.]?(?::[0-9]{1,5})?(?:\s|$)', 1) as first_host
    from raw
    inner join (select line_number, rtrim(left(line, 8000), e' \t\r\n') as line from lines) as lines
        on raw.line_number = lines.line_number
),

told as (
    select
        *,
        list_distinct(list_filter(
            list_transform(list_append(words[2:], first_host), lambda word: rtrim(lower(word), '.')),
            lambda word: regexp_full_match(word, getvariable('platform_host'))
        )) as hosts,
        list_distinct(list_filter(
            words[2:-2], lambda word: regexp_full_match(word, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}')
        )) as likely_ids,
        list_distinct(list_transform(
            regexp_extract_all(
                line,
                '//(?:[^/@\s"]*@)?' || getvariable('platform_host') || '[.]?(?::[0-9]{1,5})?(/[^\s"''?#\\<>/]+)["''\s?#\\<>/]',
                1
            ),
            lambda part: lower(part)
        )) as parts_of_url,
        nullif(regexp_extract(line, '"[A-Z]{3,16} (/[^\s"?#/]+)[\s"?#/]', 1), '') as part_of_request,
        list_distinct(regexp_extract_all(
            line,
            '(?i)[^a-z]integration[-_ ]?id["'']?\s*(?:[:=,]|,\s*"value"\s*:)\s*\[?\s*["'']?([^\s"'',;&}\]]{1,64})["''\s,;&}\]]',
            1
        )) as named_ids,
        nullif(regexp_extract(
            line,
            '[^0-9]([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2}))[^0-9]',
            1
        ), '') as instant,
        nullif(regexp_extract(
            line, '\[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4})\]', 1
        ), '') as server_time,
        nullif(regexp_extract(
            line, '(?i)"@?time(?:stamp)?"\s*:\s*([0-9]{10}(?:[.][0-9]{1,9})?)[,\s}]', 1
        ), '') as seconds
    from split
)

select
    'GET' as method, -- a customer is known by any
    case
        when len(hosts) = 1 and len(parts_of_url) <= 1
            then 'https://' || hosts[1] || coalesce(parts_of_url[1], part_of_request, '/')
        when len(hosts) = 1 then 'https://' || hosts[1] || '/'
    end as base,
    case
        when id_text is not null then id_text
        when len(named_ids) = 1 then named_ids[1]
        when len(named_ids) = 0 and len(likely_ids) = 1 then likely_ids[1]
    end as id_text,
    coalesce(
        called_at,
        try_cast(instant as timestamptz),
        try_strptime(server_time, '%d/%b/%Y:%H:%M:%S %z'),
        to_timestamp(try_cast(seconds as double))
    ) as called_at
from told
order by line_number
