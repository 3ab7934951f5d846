-- User agents.

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
