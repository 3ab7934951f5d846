-- What an IntegrationId header says. One row per row of integration_id_texts(code, text, repeated, logged), the distinct header
-- values of a block; text is null where there was no such header, repeated where the request carried it more than once, and logged
-- is false where the log could not have held it.
--
--   12345_678900
--   ----- ------
--   |     project number of the integration (in old ids: the subscription line number)
--   the partner's own subscription number
--
-- A defect is the first that applies, in the order in which they stand here.
create or replace table integration_id_texts (code integer, text varchar, repeated boolean, logged boolean);

create or replace view integration_ids as
with trimmed as (
    select code, repeated, logged, trim(coalesce(text, ''), e' \t\r\n') as id
    from integration_id_texts
),

shaped as (
    select
        code,
        repeated,
        logged,
        id,
        regexp_full_match(id, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') as is_valid,
        -- Two headers of one name reach some logs as one value with a comma (RFC 9110, 5.3).
        repeated or regexp_full_match(id, '[0-9]+_[0-9]+(\s*,\s*[0-9]+_[0-9]+)+') as is_repeated,
        string_split(id, '_') as parts
    from trimmed
),

judged as (
    select
        code,
        repeated,
        id,
        case
            -- Not logged is not *not sent*: who sends the header in vain must not be told that it is missing.
            when id in ('', '-') then case when logged then 'missing' else 'not_logged' end
            when is_valid and not repeated then 'valid'
            else 'malformed'
        end as id_status,
        case
            when id in ('', '-') or (is_valid and not repeated) then null
            when is_repeated then 'repeated'
            -- A valid id has 17 characters at most; longer digits with one separator can only be too long.
            when length(id) > 64 or regexp_full_match(id, '[0-9]{8,}_[0-9]+|[0-9]+_[0-9]{10,}') then 'too_long'
            when regexp_matches(id, '[^\x00-\x7F]') then 'not_ascii'
            when regexp_matches(id, '\s|\x0b') then 'white_space'
            when len(parts) = 1 and not regexp_matches(id, '[^A-Za-z0-9]') then 'no_separator'
            when len(parts) = 1 then 'wrong_separator'
            when len(parts) > 2 then 'too_many_parts'
            when parts[1] = '' or parts[2] = '' then 'empty_part'
            when not regexp_full_match(id, '[0-9]+_[0-9]+') then 'not_a_number'
            when parts[1][1] = '0' or parts[2][1] = '0' then 'leading_zero'
            else 'too_short'
        end as id_defect
    from shaped
)

select
    code,
    id_status,
    id_defect,
    case id_status
        when 'valid' then id
        when 'malformed'
            then redacted_integration_id(trim(left(id, 64), e' \t\r\n'))
    end as integration_id,
    case when id_status = 'valid' then cast(split_part(id, '_', 1) as integer) end as partner,
    case when id_status = 'valid' then cast(split_part(id, '_', 2) as integer) end as project,
    case when id_status = 'valid' then id end as integration
from judged;
