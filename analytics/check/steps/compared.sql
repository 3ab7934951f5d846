-- The candidates beside $sent. Each is read as a person would read it to find out which id was meant. One row per
-- candidate other than $sent.
-- Reads: candidates.
with asked as (
    select
        cast($sent as varchar) as sent,
        (select count(*) > 0 from integrations) as has_registry,
        regexp_replace(cast($sent as varchar), '[^0-9]', '', 'g') as digits,
        regexp_extract(cast($sent as varchar), '^0*([1-9][0-9]*)_0*([1-9][0-9]*)$', 1) as partner,
        regexp_extract(cast($sent as varchar), '^0*([1-9][0-9]*)_0*([1-9][0-9]*)$', 2) as project,
        cast($seen as boolean) as is_seen,
        cast($registered as boolean) as is_registered
),

-- written: without the name of the header and escapes; letters that look like digits are digits. bare: also without the text
-- around the id. (ingest/engine/redact/integration_ids.sql says what is kept of a malformed id, and where it has a question mark.)
read as (
    select
        *,
        regexp_replace(written, '^[^0-9A-Za-z?_]+|[^0-9A-Za-z?_]+$', '', 'g') as bare,
        regexp_extract(
            translate(written, 'OoQIlSsBZz', '0001155822'),
            '^[^0-9A-Za-z?]*0*([1-9][0-9]{3,6})(?:[^0-9A-Za-z?]+|[A-Za-z?])0*([1-9][0-9]{0,8})[^0-9A-Za-z?]*$',
            ['partner', 'project']
        ) as numbers
    from (
        select
            *,
            regexp_replace(
                regexp_replace(
                    regexp_replace(integration_id, '(?i)^[^0-9A-Za-z]*(x-)?(integration[_ -]?)?id[ \t]*[:=]?[ \t]*', ''),
                    '(?i)&quot;|&#39;|%22|%27', '"', 'g'
                ),
                '(?i)%5f', '_', 'g'
            ) as written
        from candidates
    )
)

select
    read.integration_id,
    read.id_status,
    read.id_defect,
    read.is_registered,
    read.written,
    read.bare,
    asked.sent,
    asked.digits,
    asked.partner,
    asked.project,
    asked.is_seen,
    asked.is_registered as is_asked_registered,
    asked.has_registry,
    regexp_replace(read.written, '[^0-9]', '', 'g') as near_digits,
    regexp_replace(read.written, '(^|_)0+', '\1', 'g') as near_unpadded,
    regexp_replace(asked.sent, '(^|_)0+', '\1', 'g') as unpadded,
    case when read.numbers.partner <> '' then concat(read.numbers.partner, '_', read.numbers.project) end as says,
    damerau_levenshtein(read.bare, asked.sent) as distance
from read
cross join asked
where read.integration_id <> asked.sent
