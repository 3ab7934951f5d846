-- What never reaches a disk. Every free text of the lake passes one of these macros, and what does not fit the pattern of
-- its column is replaced by the word 'redacted', which fits every pattern.

-- Text that carries a secret or a person wherever it stands: a token in any of its forms (the base64 of '<token' differs
-- with what stands before it), a bearer token, an e-mail address, a number as long as a citizen service number or more.
create or replace macro looks_secret(text) as
    regexp_matches(
        text,
        '(?i:<token|&lt;|%3c|afastoken|bearer|password|@|%40|eyJ[A-Za-z0-9_-]{10})'
        || '|PHRva2Vu|x0b2tlb|8dG9rZW4'
        || '|[0-9]{9}'
        || '|[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{7}'
        || '|[A-Za-z0-9+/=_-]{65}'
    );

-- A name from a URL or a body: of a connector, an element, a key, a field.
create or replace macro redacted_name(text) as
    case
        when text is null then null
        when
            regexp_full_match(text, '[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}')
            and regexp_matches(text, '[A-Za-z]')
            and not looks_secret(text)
            then text
        else 'redacted'
    end;

-- A request or trace id. Long runs of hexadecimal digits are its nature; numbers of nine digits between other things (citizen
-- service numbers), IBANs and tokens are not.
create or replace macro redacted_request_id(text) as
    case
        when text is null or text in ('', '-') then null
        when not regexp_full_match(text, '[A-Za-z0-9_.:-]{1,128}') then 'redacted'
        when regexp_matches(
            text,
            'PHRva2Vu|x0b2tlb|8dG9rZW4|eyJ[A-Za-z0-9_-]{10}'
            || '|^[0-9]{8}$|(^|[^0-9A-Za-z])([0-9]{9}|[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{7,10})($|[^0-9A-Za-z])'
        ) then 'redacted'
        else text
    end;

create or replace macro redacted_version(text) as
    case
        when text is null or text in ('', '-') then null
        when regexp_full_match(text, '[vV]?[0-9]{1,4}([._-][0-9A-Za-z]{1,12}){0,4}') and not looks_secret(text) then text
        else 'redacted'
    end;

-- A user agent keeps its product names and versions. Replaced inside it: e-mail addresses, tokens, anything after a scheme
-- of authorization, query strings, user information in a URL, long numbers, IBANs and long random words.
create or replace macro redacted_user_agent(text) as
    case
        when text is null or trim(text) in ('', '-') then null
        else left(
            regexp_replace(
            regexp_replace(
            regexp_replace(
            regexp_replace(
            regexp_replace(
            regexp_replace(
            regexp_replace(
                left(text, 1024),
                '(?is)(<|&lt;|%3c)/?(token|data|version).*', 'redacted', 'g'),
                '(?i)\b(afastoken|bearer|basic|digest|negotiate)\s+[^\s;,)]+|[a-z0-9_.-]*(token|passw|pwd|secret|api[-_]?key|cookie|session|authori[sz]ation|bsn)[a-z0-9_.-]*["'']?\s*[:=]\s*["'']?[^\s;,)"'']+', 'redacted', 'g'),
                '(?i)[^\s/<>()\[\],;:"'']+(@|%40)[^\s/<>()\[\],;:"'']+', 'redacted', 'g'),
                '\?[^\s)"'']*', '?redacted', 'g'),
                '\b[A-Z]{2}[0-9]{2} ?[A-Z]{4} ?[0-9]{4} ?[0-9]{4} ?[0-9]{0,4}\b', 'redacted', 'gi'),
                '[0-9]([ -]?[0-9]){8,}|\b[0-9]{3,4}\.[0-9]{2,3}\.[0-9]{3}\b', 'redacted', 'g'),
                '[A-Za-z0-9+/=_-]*(PHRva2Vu|x0b2tlb|8dG9rZW4|eyJ[A-Za-z0-9_-]{10})[A-Za-z0-9+/=_.-]*|[A-Za-z0-9+/=_-]{40,}'
                || '|\b[A-Za-z0-9]*[0-9][A-Za-z0-9]{15,}\b|\b[A-Za-z0-9]{15,}[0-9][A-Za-z0-9]*\b',
                'redacted', 'g'),
            256)
    end;

-- The header IntegrationId where it is no valid id: kept when it could be an attempt at one (digits and separators, or one of
-- the words that a program puts in for a value it does not have), because then it tells the partner what is wrong.
create or replace macro redacted_integration_id(text) as
    case
        when regexp_matches(text, '(^|[^0-9_])([0-9]{8,9}|[0-9]{4}[.][0-9]{2}[.][0-9]{3})($|[^0-9_])') then 'redacted'
        when regexp_full_match(text, '[0-9 \t_.,:;/|+#-]{1,64}') and not regexp_matches(text, '[0-9]{14}') then text
        when regexp_full_match(
            text,
            '(?i)[<{\["''$%]*(null|none|nil|nan|undefined|true|false|test|example|partner|project|integration[_ -]?id|your[_ -]?id|xxxxx?|abc)'
            || '([_ -](null|none|nil|nan|undefined|test|example|partner|project|integration[_ -]?id|xxxxx?x?|abc|def))?[>}\]"''$%]*'
        ) then text
        else 'redacted'
    end;

-- The beginning of a line that is no call, 200 characters at most, by a list of what may stay: structure, names of fields,
-- official words, ids, hosts, dates, small numbers. Every other word and number becomes a bullet.
create or replace macro redacted_sample(line) as
    left(
        list_aggregate(
            list_transform(
                regexp_extract_all(
                    regexp_replace(left(line, 600), '([?&][^\s"'']*)', '?…', 'g'),
                    '[1-9][0-9]{3,6}_[1-9][0-9]{0,8}\b'
                    || '|\b[0-9]{4,7}\.(?:rest|soap)[a-z]*\.afas\.online'
                    || '|\b20[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:\.[0-9]{1,6}\b)?)?Z?)?'
                    || '|\b[0-3][0-9]/[A-Z][a-z]{2}/20[0-9]{2}:[0-9:]{8} [+-][0-9]{4}'
                    || '|[A-Za-z]+|[0-9]+|[^A-Za-z0-9]'
                ),
                lambda word: case
                    when regexp_full_match(word, '[A-Za-z]+')
                        then case when list_contains(known_words(), lower(word)) then word else '•' end
                    when regexp_full_match(word, '[0-9]+')
                        then case when length(word) <= 3 then word else '•' end
                    when regexp_full_match(word, '[^\x00-\x7F]') and word <> '…' then '•'
                    else word
                end
            ),
            'string_agg',
            ''
        ),
        200
    );
