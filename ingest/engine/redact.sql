-- What never reaches a disk. Every free text of the lake passes one of these macros, and what does not fit the pattern of
-- its column is replaced by the word 'redacted', which fits every pattern.

-- One word: not a long random one, which is a key, nor twelve digits.
create or replace macro redacted_word(text) as (
    case
        when text is null then null
        when
            regexp_full_match(text, '[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}')
            and not regexp_matches(text, '[0-9]{12}')
            and not has_random_word(text)
            and not tells(text)
            then text
        else 'redacted'
    end
);

-- A name from a URL or a body: of a connector, an element, a key, a field. A number is none.
create or replace macro redacted_name(text) as (
    case
        when regexp_matches(text, '[A-Za-z]') or text is null then redacted_word(text)
        else 'redacted'
    end
);

-- The name of a field of a log, which may begin as that of a product's own does: @timestamp, :path.
create or replace macro redacted_key(text) as (
    case
        when is_text(text)
            then regexp_extract(text, '^[@:]') || list_transform(
                [case when regexp_matches(text, '^[@:]') then substr(text, 2) else replace(text, ' ', '_') end],
                lambda name: redacted_name(name)
            )[1]
    end
);

-- The name of a column as a person may read it, with the signs that people put into one: Duration (ms), cs(User-Agent), $status.
create or replace macro shown_column(text) as (
    case
        when not is_text(text) then null
        when
            regexp_full_match(text, '[A-Za-z0-9_.@:$%{}()/\[\]# -]{1,64}')
            -- as it is as well, because the signs that go are what joins digits
            and not tells(text)
            and not contains(redacted_key(regexp_replace(regexp_replace(text, '^[@:]', ''), '[ :$%{}()/\[\]#-]+', '_', 'g')), 'redacted')
            then text
        else 'redacted'
    end
);

-- Trace ids as they are written whole: UUID, 32 hexadecimal digits, traceparent, X-Amzn-Trace-Id, B3, Jaeger's and Google's. Random is
-- what they are meant to be.
create or replace macro is_written_as_trace_id(text) as (
    regexp_full_match(
        text,
        '(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}'
        || '|[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}'
        || '|(?:(?:root|self)=1-[0-9a-f]{8}-[0-9a-f]{24}|parent=[0-9a-f]{16}|sampled=[01?]|lineage=[0-9a-f]{1,8}:[0-9]{1,5}(?:\|[0-9a-f]{1,8}:[0-9]{1,5}){0,7})'
        || '(?:;(?:(?:root|self)=1-[0-9a-f]{8}-[0-9a-f]{24}|parent=[0-9a-f]{16}|sampled=[01?]|lineage=[0-9a-f]{1,8}:[0-9]{1,5}(?:\|[0-9a-f]{1,8}:[0-9]{1,5}){0,7})){0,4}'
        || '|1-[0-9a-f]{8}-[0-9a-f]{24}'
        || '|(?:[0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?'
        || '|[0-9a-f]{16,32}:[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]{1,2}'
        || '|[0-9a-f]{32}/[0-9]{1,20}(?:;o=[0-3])?'
    )
);

-- Whether hexadecimal digits can spell a number, an address or a mail address.
create or replace macro spells(text) as (
    regexp_matches(text, '(?i)(?:(?:3[0-9]|2e|3a|6[1-6])-?){7}|40-?(?:[2-7][0-9a-f]-?){1,40}2e|(?:[2-7][0-9a-f]-?){16}')
);

-- A text without the trace ids in it: a UUID, and hexadecimal digits in the lengths that programs choose.
create or replace macro without_trace_ids(text) as (
    array_to_string(
        list_transform(
            regexp_extract_all(
                text, '(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|[0-9A-Za-z]+|[^0-9A-Za-z]+'
            ),
            lambda piece: case
                when
                    regexp_full_match(piece, '[0-9a-f-]{8,36}|[0-9A-F-]{8,36}')
                    and length(piece) in (8, 12, 16, 20, 24, 32, 36)
                    and regexp_matches(piece, '[A-Fa-f]')
                    and not regexp_full_match(piece, '(?:[2-7][0-9A-Fa-f]-?)+')
                    then '~'
                else piece
            end
        ),
        ''
    )
);

-- What of a request or trace id is left to be judged: '' where a program has chosen all of it, null where no id is written like
-- that. In one that is written as a trace id only what its hexadecimal digits spell can tell, where they can spell anything.
create or replace macro unjudged_part(text) as (
    case
        when is_written_as_trace_id(text) then case when spells(text) then substr(plain_text(text), length(text) + 1) else '' end
        when regexp_full_match(text, '[A-Za-z0-9_.:-]{1,128}') then without_trace_ids(text)
    end
);

-- The same, sooner said of most ids: UUIDs, and hexadecimal digits with a letter among them, in the lengths of programs. The
-- patterns of unjudged_part cost ten times as much; a test holds that they say the same of these.
create or replace macro unjudged_request_id(text) as (
    case
        when
            length(text) in (32, 36)
            and regexp_full_match(text, '(?i)[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
            and not spells(text)
            then ''
        when
            length(text) in (8, 12, 16, 20, 24)
            and regexp_full_match(text, '[0-9]*[a-f][0-9a-f]*|[0-9]*[A-F][0-9A-F]*')
            and not regexp_full_match(text, '(?:[2-7][0-9A-Fa-f])+')
            then '~'
        else unjudged_part(text)
    end
);

-- A request id of which `unjudged` is left to be judged. Forty characters may be random, more may not: that is a key.
create or replace macro judged_request_id(text, unjudged) as (
    case
        when text is null or text in ('', '-') then null
        when unjudged in ('', '~') then text
        when
            unjudged is null
            or length(unjudged) > 40 and is_random(unjudged)
            or regexp_matches(unjudged, '[A-Za-z0-9]{41}|~.*~.*~')
            or tells(unjudged)
            then 'redacted'
        else text
    end
);

-- Whoever has many of them (understood.sql) asks for unjudged_request_id first, in a column of its own: the engine prepares the
-- patterns inside of a lambda again for every two thousand rows.
create or replace macro redacted_request_id(text) as (
    list_transform([unjudged_request_id(text)], lambda unjudged: judged_request_id(text, unjudged))[1]
);

-- A version of an API: numbers, and the words that say how finished it is.
create or replace macro redacted_version(text) as (
    case
        when text is null or text in ('', '-') then null
        -- most are
        when regexp_full_match(text, '[0-9]{1,3}(?:[.][0-9]{1,3})?') then text
        when
            regexp_full_match(text, '(?i)v?[0-9]{1,4}(?:[._-]?(?:[0-9]{1,8}|alpha|beta|rc|pre|preview|dev|snapshot|[a-z])){0,5}')
            and not regexp_matches(text, '[0-9A-Za-z]{12}')
            and not has_somebodys_number(without_times(text))
            and not has_address(text)
            then text
        else 'redacted'
    end
);

-- What of a user agent is a version, and no address or number though it may look like one: behind the name of a product and a slash
-- (Chrome/120.0.6099.109), or behind a word that says so (Windows NT 10.0.19045).
create or replace macro version_words() as (
    '(?i:(?:windows(?: nt)?|version|protocol|android|ios|os|os x|macos|linux|darwin|build|release|rev|\.net|net|clr|java|jre|jdk|php|python|perl|msie|edge|ver|sdk|v)\.? ?v?)'
);

create or replace macro without_versions(text) as (
    case
        when regexp_matches(text, '(?i)(?:^|[^0-9a-z-])(?:ip|ipv4|addr|address|host|remote|forwarded|from|client|tel|phone|bsn)/[0-9]') then text
        else regexp_replace(
            text,
            '(?:(^|[\s(\[{;,"''+])[A-Za-z][A-Za-z0-9_.+-]*/v?|\b' || version_words() || ')[0-9]{1,7}(?:[._-](?:[0-9]{1,7}|[0-9]*[A-Za-z][0-9A-Za-z]{0,9}))*\b',
            '\1~', 'g'
        )
    end
);

-- A user agent without addresses (IPv4) that stand where no version does.
create or replace macro without_address(text) as (
    case
        when regexp_matches(text, '[0-9]{1,3}(?:\.[0-9]{1,3}){3}') and not regexp_matches(text, version_words() || '[0-9]+(?:\.[0-9]+){3}')
            then regexp_replace(text, '(^|[^0-9A-Za-z./])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:$|(:[0-9]+|[^0-9.]))', '\1redacted\2', 'g')
        else text
    end
);

-- A user agent keeps its product names and versions. Replaced inside it: e-mail addresses, tokens, anything after a scheme
-- of authorization, query strings, user information in a URL, names of users, addresses of machines, long numbers, accounts and long
-- random words. What still tells something then is hidden in a way that does not show where it begins: nothing of the text is kept.
create or replace macro agent_redacted_once(text) as (
    case
        when text is null or trim(text) in ('', '-') then null
        else list_transform(
            [without_address(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                regexp_replace(
                                    regexp_replace(
                                        regexp_replace(
                                            left(text, 1024),
                                            '(?is)(<|&lt;|%3c)/?(token|data|version).*', 'redacted', 'g'
                                        ),
                                        '(?i)\b(afastoken|bearer|basic|digest|negotiate)\s+[^\s;,)]+'
                                        || '|[a-z0-9_.-]*(token|passw|pwd|wachtwoord|geheim|secret|api[-_]?key|sleutel|cookie|session|authori[sz]ation|bsn|username|gebruiker|\bkey|\buser|\blogin|\bww)[a-z0-9_.-]*["'']?\s*[:=]\s*["'']?[^\s;,)"'']+'
                                        || '|[a-z0-9_.-]*(\\[a-z0-9_.-]+)+', 'redacted', 'g'
                                    ),
                                    '(?i)[^\s/<>()\[\],;:"'']+(@|%40)[^\s/<>()\[\],;:"'']+', 'redacted', 'g'
                                ),
                                '\?[^\s)"'']*', '?redacted', 'g'
                            ),
                            '\b[A-Z]{2}[0-9]{2} ?[A-Z]{4} ?[0-9]{4} ?[0-9]{4} ?[0-9]{0,4}\b', 'redacted', 'gi'
                        ),
                        '[0-9]([ -]?[0-9]){8,}|\b[0-9]{3,4}\.[0-9]{2,3}\.[0-9]{3}\b', 'redacted', 'g'
                    ),
                    '[A-Za-z0-9+/=_-]*(PHRva2Vu|x0b2tlb|8dG9rZW4|eyJ[A-Za-z0-9_-]{10})[A-Za-z0-9+/=_.-]*|[A-Za-z0-9+/=_-]{40,}'
                    || '|\b[A-Za-z0-9]*[0-9][A-Za-z0-9]{15,}\b|\b[A-Za-z0-9]{15,}[0-9][A-Za-z0-9]*\b',
                    'redacted', 'g'
                )
            )],
            lambda whole: case
                -- both, because what is cut off may be what shows it, or what hides it
                when
                    len(list_filter(
                        case when length(whole) > 256 then [left(whole, 256), whole] else [whole] end,
                        lambda kept: list_transform([without_versions(kept)], lambda rest: tells(rest))[1]
                        or regexp_matches(kept, '[%&\\=]|[^\x00-\x7F]') and regexp_matches(unescaped_text(kept), '[A-Za-z0-9+/=_-]{40}')
                    )) > 0
                    then 'redacted'
                else left(whole, 256)
            end
        )[1]
    end
);

-- What the word in their place, or the cut behind 256 characters, makes of its neighbours is judged as well: where that would be
-- changed again, it does not show either where the secret ends.
create or replace macro redacted_user_agent(text) as (
    list_transform(  -- noqa: PRS
        -- Twice, and said once: see redacted_sample.
        [list_reduce(
            [{'now': text, 'before': text}, null, null],
            lambda done, _: {'now': agent_redacted_once(done.now), 'before': done.now}
        )],
        lambda twice: case when twice.before = text or twice.now is not distinct from twice.before then twice.before else 'redacted' end
    )[1]
);

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
        when tells_beside_ids(text) then 'redacted'
        else coalesce(slipped_integration_id(text), 'redacted')
    end
);

-- The beginning of a line that is no call, 200 characters at most, by a list of what may stay: structure, names of fields, ids,
-- hosts of the platform, official connectors, methods, times, small numbers. Everything else becomes a bullet. A word stays for
-- the place it has, never for itself: jan is a month inside a date alone, and status is a field before a colon. So nobody's name
-- stays, be it a word that a log is full of. The same twice is the same once.

-- What is looked at as one thing, in this order: the first that fits.
create or replace macro sample_pattern() as (
    -- a user in JSON, whatever the value looks like
    '"[^":{}]*(?i:user|login|account|owner)[^":{}]*"\s*:\s*(?:"[^"]*"|[0-9]+)'
    -- a URL, ids and customers
    || '|(?i:https?://)|HTTP/[0-9.]+|/[A-Za-z0-9_.-]+'
    || '|[1-9][0-9]{3,6}_[1-9][0-9]{0,8}\b'
    || '|(?i:[1-9][0-9]{3,6}\.(?:(?:rest|soap)(?:test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl)\b)'
    || '|(?i:\.(?:(?:rest|soap)(?:test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl|afasfocus\.nl)\b)'
    -- times: 2026-10-01T09:00:00.250Z, 01/Oct/2026:09:00:00 +0200, 1 Oct 2026, Oct  1 09:00:00, 10/1/2026
    -- (with whatever digits run on behind one, so that all of it is judged at once)
    || '|20[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-9]+)*(?:[.,][0-9]+(?:\.[0-9]+)*)?Z?)?\b'
    || '|[0-3]?[0-9][ /-](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ /-]20[0-9]{2}\b'
    || '(?:(?::[0-9]+)+(?:[.,][0-9]+(?:\.[0-9]+)*)?\b(?: [+-][0-9]{4}\b)?)?'
    || '|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9]?[0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]\b'
    || '|[0-3]?[0-9][./-][0-3]?[0-9][./-]20[0-9]{2}\b'
    -- addresses: IPv6 (a clock has two colons, it has three or two in a row), IPv4
    || '|(?i:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}(?::[0-9a-f:]*)?(?:\.[0-9]+)*|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::[0-9a-f:]*(?:\.[0-9]+)*)'
    || '|[0-2]?[0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+(?:\.[0-9]+)*)?\b'
    || '|[0-9]{1,3}(?:\.[0-9]{1,3}){3}'
    -- names of fields: "status": null, status=, Authorization:
    || '|"[A-Za-z_@•][A-Za-z_@.() •-]*"\s*:(?::[0-9A-Fa-f:.]*|\s*(?:null|true|false|NaN|-?Infinity)\b)?|[A-Za-z][A-Za-z_@-]*(?:=|:(?::[0-9A-Fa-f:.]*)?)'
    -- words, numbers (one that goes on as a word is a part of that)
    || '|[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*(?:[.-][0-9]+){2,}|[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*|[0-9]+(?:[ .+_-][0-9]+)*_*\b|[0-9][0-9_]*|[^A-Za-z0-9]'
);

-- Whether a text is made of names of fields and of nothing else.
create or replace macro names_fields(text) as (
    len(list_filter(regexp_extract_all(text, '[A-Za-z]+'), lambda word: not list_contains(known_fields(), lower(word)))) = 0
);

-- Numbers with blanks, points, pluses or hyphens between them. As many digits as a citizen service number has, or three numbers
-- with points between them, are nobody's business; a status at their beginning is.
create or replace macro redacted_numbers(text) as (
    case
        when length(regexp_replace(text, '[^0-9]', '', 'g')) <= 7 and regexp_full_match(text, '[0-9 ]+|[0-9]+[.+_-][0-9]+|[0-9 ]+[.][0-9]+')
            then regexp_replace(text, '[0-9]{4,}', '•', 'g')
        when regexp_matches(text, '^[1-5][0-9]{2} ') then left(text, 3) || regexp_replace(substr(text, 4), '[0-9]+', '•', 'g')
        else regexp_replace(text, '[0-9]+', '•', 'g')
    end
);

-- A time, a date or both, and nothing behind them: a citizen service number may run on from any of them. A fraction as long as one
-- does not stay, though it may be nanoseconds: nobody can tell. Null where the text is no time.
create or replace macro redacted_time(text) as (
    case
        when
            regexp_full_match(
                text,
                '20[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]+)?)?Z?)?'
                || '|[0-3]?[0-9][ /-][A-Z][a-z]{2}[ /-]20[0-9]{2}(?::[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+)?(?: [+-][0-9]{4})?)?'
                || '|[0-3]?[0-9][./-][0-3]?[0-9][./-]20[0-9]{2}'
                || '|[A-Z][a-z]{2} [ 0-9]?[0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9]'
                || '|[0-2]?[0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+)?'
            )
            then regexp_replace(text, '[0-9]{7,}Z?', '•')
    end
);

create or replace macro redacted_piece(piece) as (
    case
        when length(piece) = 1
            then case when piece <= '@' or piece in ('[', '\', ']', '^', '_', '`', '{', '|', '}', '~', '…') then piece else '•' end
        when regexp_full_match(piece, '[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*')
            then case
                when
                    piece in ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS')
                    or list_contains(known_connectors(), lower(piece)) then piece
                when regexp_full_match(piece, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') then piece
                else '•'
            end
        when redacted_time(piece) is not null then redacted_time(piece)
        when regexp_full_match(piece, '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}') then piece
        -- a host of the platform, or what it ends in; the names of customers before that, and what else ends like it, are texts
        when regexp_full_match(piece, '(?i)/?(?:[1-9][0-9]{3,6})?\.((rest|soap)(test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl|afasfocus\.nl)') then piece
        when regexp_full_match(piece, '[0-9]{1,3}(\.[0-9]{1,3}){3}') then '•'
        when regexp_full_match(piece, '[0-9]+([ .+_-][0-9]+)*_*') then redacted_numbers(rtrim(piece, '_')) || regexp_extract(piece, '_*$')
        -- an address glued to a name
        when contains(piece, '::') then case when starts_with(piece, '"') then '"•":•' else '•' end
        when starts_with(piece, '"') and length(piece) > 1
            then case when names_fields(regexp_extract(piece, '^"([^"]*)"', 1)) then regexp_extract(piece, '^"[^"]*"\s*:\s*') else '"•":' end
            || case when regexp_matches(piece, ':\s*["0-9]') then '"•"' else regexp_extract(piece, '[A-Za-z-]+$') end
        when starts_with(piece, '/') and length(piece) > 1
            then case
                when list_contains(known_paths(), lower(substr(piece, 2))) or list_contains(known_connectors(), lower(substr(piece, 2))) then piece
                else '/•'
            end
        when regexp_full_match(piece, '(?i)https?://|HTTP/[0-9](\.[0-9])?') then piece
        when regexp_full_match(piece, 'HTTP/[0-9.]+') then '•/•'
        when regexp_full_match(piece, '[A-Za-z][A-Za-z_@-]*[=:]') then case when names_fields(piece) then piece else '•' || right(piece, 1) end
        else '•'
    end
);

-- What stands before the time of an access log, by its blanks: who called and from where. Hosts of the platform stay.
create or replace macro redacted_callers(text) as (
    array_to_string(
        list_transform(
            string_split(text, ' '),
            lambda piece: case
                when
                    piece in ('', '-', '""', '•')
                    or regexp_full_match(piece, '(?i)[1-9][0-9]{3,6}\.((rest|soap)(test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl)(:[0-9]{1,5})?')
                    then piece
                else '•'
            end
        ),
        ' '
    )
);

create or replace macro callers_before_time(line) as (
    regexp_extract(line, '^([^{\[]{1,400}?) \[(?:[^\]]{0,60}\] "|[0-9]{2}/|20[0-9]{2}-)', 1)
);

create or replace macro redacted_pieces(text) as (
    coalesce(list_aggregate(
        list_transform(regexp_extract_all(text, sample_pattern()), lambda piece: redacted_piece(piece)), 'string_agg', ''
    ), '')
);

create or replace macro redacted_text(text) as (
    case
        when not is_text(text) then null
        when not regexp_matches(text, '[0-9{\[]') and len(regexp_extract_all(text, '[A-Za-z]+')) >= 4 and names_fields(text) then text
        else redacted_callers(callers_before_time(text)) || redacted_pieces(substr(text, length(callers_before_time(text)) + 1))
    end
);

-- Numbers in groups that are small by themselves and together as long as a citizen service number, whatever stands between them: the
-- first stays, which may be a status. Twice, because the sign between two of them belongs to the first.
create or replace macro without_groups(text) as (
    list_reduce(  -- noqa: PRS
        [text, '', ''],
        lambda rest, again: regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            rest,
            -- what stood between them is a bullet by now: \xE2\x80\x8B, a blank that nobody sees, is three
            '(^|[^0-9A-Za-z])([0-9]{1,4})(?:•+ ?[0-9]{1,4}){2,}($|[^0-9A-Za-z])', '\1\2•\3', 'g'),
            '(^|[^0-9A-Za-z])([0-9]{3}(?:[^0-9A-Za-z• ]|[^0-9A-Za-z•]{2,3}))[0-9]{3}([^0-9A-Za-z•]{1,3})[0-9]{3}($|[^0-9A-Za-z])', '\1\2•\3•\4', 'g'),
            '(^|[^0-9A-Za-z])([0-9]{4}(?:[^0-9A-Za-z• ]|[^0-9A-Za-z•]{2,3}))[0-9]{2}([^0-9A-Za-z•]{1,3})[0-9]{3}($|[^0-9A-Za-z])', '\1\2•\3•\4', 'g'),
            '(^|[^0-9A-Za-z])([0-9]{2}(?:[^0-9A-Za-z• :]|[^0-9A-Za-z•:]{2,3}))[0-9]{2}([^0-9A-Za-z•:]{1,3})[0-9]{2}[^0-9A-Za-z•:]{1,3}[0-9]{3}($|[^0-9A-Za-z])',
            '\1\2•\3•\4', 'g'),
            '(^|[^0-9A-Za-z])[0-9](?:[^0-9A-Za-z•]{1,3}[0-9]){7,}($|[^0-9A-Za-z])', '\1•\2', 'g')
    )
);

-- A text without what stands in a query.
create or replace macro without_queries(text) as regexp_replace(text, '[?&][^\s"'']*', '?…', 'g');

-- A line as its sample shows it, whole.
create or replace macro redacted_line(line) as (
    without_groups(redacted_text(
        list_transform(
            [without_queries(line)],
            lambda start: case
                -- What is still escaped then was so more than three times. A query may only show now.
                when regexp_matches(start, '%[0-9A-Fa-f]|\\[ux][0-9A-Fa-f{]|(?:=[0-9A-F]{2}){2}|[^\x00-\x7F…•]')
                    then without_queries(regexp_replace(
                        unescaped_text(start), '%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]|(?:=[0-9A-F]{2}){2,}|[\r\n]', '•', 'g'
                    ))
                else start
            end
        )[1]
    ))
);

-- What is cut off in the middle of something is looked at again as what it is then: half a date is a number.
create or replace macro redacted_sample(line) as (
    case  -- noqa: PRS
        when is_text(line)
            -- Once for each length. To call the macro twice would have it planned twice, with all that is in it.
            then list_reduce(
                [line, '600', '200'],
                lambda whole, most: case
                    when most = '600' or length(whole) > 200
                        then left(redacted_line(left(whole, cast(most as integer))), case when most = '200' then 200 else 100000 end)
                    else whole
                end
            )
    end
);

-- A part of a path with the id of a container in it (64 hexadecimal digits) as docker shows it: its first twelve digits, or the next
-- twelve that nobody takes for a number or for letters that are spelled in hexadecimal. So two containers are told apart, and of a key
-- that looks the same a fifth is kept. One that spells something stays as long as it is, which no part of a path may be.
create or replace macro with_short_container_id(part) as (
    list_transform(
        [regexp_extract(part, '(?:^|[^0-9A-Za-z])([0-9a-f]{64})(?:$|[^0-9A-Za-z])', 1)],
        lambda id: case
            when id = '' or spells(id) and tells(substr(plain_text(id), length(id) + 1)) then part
            else replace(part, id, coalesce(
                list_filter(
                    list_transform([1, 13, 25, 37, 49], lambda place: substr(id, place, 12)),
                    lambda digits: regexp_matches(digits, '[a-f]')
                    and not regexp_matches(digits, '[0-9]{8}')
                    and not regexp_full_match(digits, '(?:[2-7][0-9a-f]){6}')
                )[1],
                id
            ))
        end
    )[1]
);

-- A part of a path as it is stored: looked at as any other text, without what people put into names of logs: times, ids, and the
-- address of the server that wrote it. What tells something goes, the endings stay that say what kind of file it is.
create or replace macro redacted_part(part) as (
    list_transform(
        [
            deciphered(regexp_replace(
                regexp_replace(
                    part,
                    '20[0-9]{2}[._-]?[01][0-9][._-]?[0-3][0-9](?:[T_.-]?[0-2][0-9](?:[._-]?[0-5][0-9]){0,2}(?:[._-][0-9]{3,6})?Z?)?([^0-9]|$)',
                    '~\1', 'g'
                ),
                '(^|[^0-9])(?:1[4-9][0-9]{8}(?:[0-9]{3}){0,3}|[1-9][0-9]{3,6}_[1-9][0-9]{0,8}|(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))($|[^0-9])'
                || '|((?i:ex))2[0-9][01][0-9][0-3][0-9][0-2][0-9]($|[^0-9])',
                '\1\3~\2\4', 'g'
            ))
        ],
        lambda read: case
            when
                has_secret(read)
                or has_somebodys_number(read)
                or regexp_matches(read, '[0-9]{12}|[A-Za-z0-9]{41}|[A-Za-z0-9+/=_-]{65}')
                then 'redacted' || regexp_extract(part, '(?i)(?:\.(?:log|txt|json|jsonl|ndjson|csv|tsv|har|parquet|gz|zst|zstd|bz2|[0-9]{1,3}))*$')
            else part
        end
    )[1]
);

-- The name of a file with its folders, or of a stream, each part of it looked at by itself.
create or replace macro redacted_place(text) as (
    case
        when is_text(text)
            -- array_to_string would say the list twice
            then coalesce(
                list_aggregate(
                    list_transform(
                        regexp_extract_all(text, '[/\\]+|[^/\\]+'),
                        lambda part: list_transform([with_short_container_id(part)], lambda short: redacted_part(short))[1]
                    ),
                    'string_agg',
                    ''
                ),
                ''
            )
    end
);
