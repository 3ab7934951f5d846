-- The hosts of the platform in the fields of a line, and the URL that one of them completes.

-- Whether a text is a host of the platform, with a port or the root's dot perhaps. `platform_host` is the pattern of one.
create or replace macro is_platform_host(text) as (
    coalesce(regexp_full_match(text, getvariable('platform_host') || '[.]?(:[0-9]{1,5})?'), false)
);

-- An absolute URL from what a server logs: the host it was called by (or the one the operator names) and the target.
create or replace macro url_from_parts(host, target, query) as (
    case
        when target is null then null
        when starts_with(target, '/') and coalesce(host, getvariable('default_host')) is not null
            then concat('https://', coalesce(host, getvariable('default_host')), target, '?' || query)
        -- an absolute target as a proxy logs it; and what is no path must not be glued to the host
        else concat(target, '?' || query)
    end
);

-- The host of the platform that is the only one among these values; null where there is none or several differ.
create or replace macro only_platform_host(texts) as (
    case
        when len(list_distinct(list_filter(texts, lambda text: is_platform_host(text)))) = 1
            then list_filter(texts, lambda text: is_platform_host(text))[1]
    end
);

-- A line of JSON without what its caller or a body says there: a referrer, a user agent, a body. Others stay as they are. JSON
-- that stands in a text of a line is as good as JSON.
create or replace macro without_callers_words(line) as (
    case
        when regexp_matches(line, '^[^"]*\{\s*"')
            then regexp_replace(
                regexp_replace(
                    replace(replace(
                        regexp_replace(
                            line,
                            '(?i)"[^":\\]*(?:referr?er|agent|body)[^":\\]*"\s*:\s*\[?\s*"(?:[^"\\]|\\.)*"', '', 'g'
                        ), '\"', '"'
                    ), '\/', '/'),
                    '(?i)"[^":]*(?:referr?er|agent|body)[^":]*"\s*:\s*\[?\s*"[^"]*"', '', 'g'
                ),
                '(?i)"(?:name|key)"\s*:\s*"[^"]*(?:referr?er|agent)"[^}]*', '', 'g'
            )
        else line
    end
);

-- The first host of the platform that stands in a line by itself, or else, in a line of JSON, in a URL that a value begins with or
-- that stands between blanks. Elsewhere nothing tells such a URL from a referrer.
create or replace macro platform_host_in(line) as (
    coalesce(
        nullif(regexp_extract(
            line, '(?:^|[\s"'',;|=\[(])(' || getvariable('platform_host') || ')[.]?(?::[0-9]{1,5})?(?:$|[\s"'',;|\])\\])', 1
        ), ''),
        case
            when regexp_matches(line, '^[^"]*\{\s*"') then nullif(regexp_extract(
                without_callers_words(line),
                '(?:[:,\[]\s*"|[\s|;])(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/@\s"]*@)?)?(' || getvariable('platform_host')
                || ')[.]?(?::[0-9]{1,5})?(?:$|[\s"'',;|\])\\/?#])', 1
            ), '')
        end
    )
);

-- The first host of the platform, in lower case, in these values of a line: by itself, in a list, or in a URL that a value or one of
-- a list begins with. Null where the host that the operator names stands there, too.
create or replace macro other_host_in(texts) as (
    list_transform(
        [array_to_string(texts, e'\n')],
        lambda text: case
            when
                regexp_matches(text, getvariable('platform_domain'))
                and not coalesce(regexp_matches(text, getvariable('named_host')), false)
                then lower(nullif(regexp_extract(
                    text,
                    '(?m)(?:(?:^|[\s"'',;|\[({+])(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/@\s"]*@)?)?|=)(' || getvariable('platform_host')
                    || ')[.]?(?::[0-9]{1,5})?(?:$|[\s"'',;|\])}\\/?#+])',
                    1
                ), ''))
        end
    )[1]
);

-- A URL that is logged as one; where it is a path, the host that is logged goes before it if it is the platform's, then the one
-- that the operator names, then any that is logged.
create or replace macro completed_url(url, host) as (
    case
        when starts_with(url, '/') and is_platform_host(host) then 'https://' || host || url
        when starts_with(url, '/') and coalesce(getvariable('default_host'), host) is not null
            then 'https://' || coalesce(getvariable('default_host'), host) || url
        else url
    end
);
