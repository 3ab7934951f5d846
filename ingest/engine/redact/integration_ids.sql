-- The header IntegrationId where it is no valid id.

-- An id with a slip in it: around it a pair of quotes, brackets or the name of the header, in it one character that is no digit,
-- or two that do not stand together (1234_56789O, "1234_567890", IntegrationId: 1234_567890). It can hold no secret: what it keeps
-- is the digits of an id, of which there are no more than in a valid one, signs from a list, and one letter; of anything else
-- there is only a question mark in its place. Null where the text is no such thing.
create or replace macro slipped_integration_id(text) as (
    list_transform(
        [
            regexp_extract(
                text,
                '^((?i:(?:x-)?integration[_ -]?id|id)?[ \t]*[:=]?[ \t]*(?:["''`<>{}()\[\]\\*,;.„“”‘’‹›«»]|&quot;|&#39;|%22|%27){0,3})'
                || '([^\s"''`<>{}()\[\]\\*,;„“”‘’‹›«»]{5,20}?)'
                || '((?:["''`<>{}()\[\]\\*,;.„“”‘’‹›«»]|&quot;|&#39;|%22|%27){0,3})$',
                ['before', 'id', 'after']
            )
        ],
        lambda part: case
            when length(regexp_replace(part.id, '%5[Ff]|[0-9_]', '', 'g')) > 2 then null
            when regexp_matches(part.id, '^[0-9]{8}|[0-9]{10}$|[^0-9_%]{2}') then null
            when regexp_full_match(part.id, '[^_%]{3,8}(?:_|%5[Ff])[^_%]{1,10}|[0-9]{3,7}[^0-9_%][0-9]{1,9}')
                then part.before || case
                    when regexp_full_match(part.id, '(?:[0-9_]|%5[Ff])*[A-Za-z]?(?:[0-9_]|%5[Ff])*') then part.id
                    else regexp_replace(part.id, '[^0-9_]', '?', 'g')
                end || part.after
        end
    )[1]
);

-- Whether what stands beside the ids in a text tells somebody. One separator behind four digits or more is an id that lacks its
-- underscore (1234-56789), whatever the number that the digits make.
create or replace macro tells_beside_ids(text) as (
    case
        when is_text(text)
            then list_transform(
                [regexp_replace(deciphered(text), '(^|[^0-9])[0-9]{4,8}_[0-9]{1,9}', '\1~', 'g')],
                lambda rest: has_secret(rest)
                or has_address(rest)
                or has_somebodys_number(rest) and not regexp_full_match(rest, '[^0-9]*[1-9][0-9]{3,6}[^0-9A-Za-z][0-9]{1,7}[^0-9]*')
            )[1]
            or regexp_matches(text, '(?:^|[^0-9])(?:[0-9]{4}_[0-9]{2}_[0-9]{3}|[0-9]{2}_[0-9]{2}_[0-9]{2}_[0-9]{3})(?:$|[^0-9])')
    end
);

-- The header IntegrationId where it is no valid id: kept when it could be an attempt at one (digits and separators, an id with a
-- slip in it, or one of the words that a program puts in for a value it does not have), because then it tells the partner what
-- is wrong.
create or replace macro redacted_integration_id(text) as (
    case
        when not is_text(text) then null
        -- A partner of four or five digits and a project of six, that lack their underscore: `check` finds them by it.
        -- Telephone numbers of ten digits begin with 0, and those of eleven with the number of a country.
        when regexp_full_match(text, '[1-9][0-9]{9,10}') and not regexp_matches(text, '^(?:31|32|33|44|49)[0-9]{9}$') then text
        when regexp_full_match(text, '[0-9 \t_.,:;/|+#-]{1,64}|([0-9]+_[0-9]+[\s,]*)+')
            then case
                when regexp_matches(text, '[0-9]{14}') or tells_beside_ids(text) then 'redacted'
                else text
            end
        when regexp_full_match(
            text,
            '(?i)[<{\["''$%]*(null|none|nil|nan|undefined|true|false|test|example|partner|project|integration[_ -]?id|your[_ -]?id|xxxxx?|abc)'
            || '([_ -](null|none|nil|nan|undefined|test|example|partner|project|integration[_ -]?id|xxxxx?x?|abc|def))?[>}\]"''$%]*'
        ) then text
        -- What is kept is read as carefully as what was sent: the signs that stand for slips (?) may set its digits apart as those of
        -- a telephone number are, and who reads the lake sees no other text than this one.
        else coalesce(
            list_transform(
                [slipped_integration_id(text)],
                lambda kept: case when len(list_filter([text, kept], lambda seen: tells_beside_ids(seen))) = 0 then kept end
            )[1],
            'redacted'
        )
    end
);
