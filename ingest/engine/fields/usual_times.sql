-- Times as programs write them, in the words of written_instant.

-- 20261001T070000Z, 20261001 07:00:00, 20261001070000Z with hyphens and colons. Fourteen digits alone are a number since 1970.
create or replace macro not_compact(text) as (
    case
        when regexp_matches(text, '^[0-9]{8}(?:[Tt ][0-9]{2}|[0-9]{4,6}(?:[.,][0-9]+)?(?:[Zz]|[+-][0-9]))')
            then regexp_replace(
                regexp_replace(text, '^([0-9]{4})([0-9]{2})([0-9]{2})[Tt ]?', '\1-\2-\3T'),
                '^([0-9-]{10}T[0-9]{2})([0-9]{2})(?:([0-9]{2})((?:[.,][0-9]+)?))?([^0-9].*)?$',
                '\1:\2:\3\4\5'
            )
        else text
    end
);

-- /Date(1790838000000+0200)/, as .NET wrote times in JSON: milliseconds since 1970, whatever offset stands behind them.
create or replace macro without_date_call(text) as (
    case
        when regexp_full_match(text, '\\?/Date\([0-9]{4,14}(?:[+-][0-9]{4})?\)\\?/')
            then regexp_replace(regexp_extract(text, '[0-9]+'), '([0-9]{3})$', '.\1')
        else text
    end
);

-- 24:00:00 is the end of a day, and as an instant the midnight that begins the next.
create or replace macro without_hour_24(text) as (
    case
        when regexp_matches(text, '^[0-9-]{10}[Tt ]24:00:00(?:[.,]0{1,12})?(?:[^0-9.,]|$)')
            then coalesce(
                strftime(try_cast(left(text, 10) as date) + 1, '%Y-%m-%d') || 'T00' || substr(text, 14), text
            )
        else text
    end
);

-- A time as Java, Go, .NET, databases, servers and spreadsheets write it, in the words of written_instant: names of months and
-- compact times as ISO 8601, without what stands behind an offset (a zone in brackets or letters), Z for UTC and GMT, hyphens for
-- slashes, with its seconds, the next midnight for 24:00, without an exponent.
-- Each step is bound before the next one: a macro that says its argument twice is planned twice with all that is inside of it.
create or replace macro usual_time(text) as (
    case
        when regexp_full_match(text, '[0-9]{1,10}(?:[.][0-9]{1,18})?[eE][+]?[0-9]{1,2}')
            then coalesce(cast(try_cast(text as decimal(28, 9)) as varchar), text)
        else list_transform(
            list_transform(
                list_transform(
                    list_transform([text], lambda written: without_names(written)),
                    lambda numeric: not_compact(numeric)
                ),
                lambda spaced: regexp_replace(
                    regexp_replace(
                        regexp_replace(
                            regexp_replace(
                                regexp_replace(
                                    without_date_call(spaced),
                                    '([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)(?: ?\[[A-Za-z0-9!_+/=:.-]{1,64}\]| [A-Z]{2,5}| [A-Z][A-Za-z_]+/[A-Za-z0-9_/+-]{1,64})+$',
                                    '\1'
                                ),
                                '([0-9]) ?(?:UTC|GMT)$', '\1Z'
                            ),
                            '^([0-9]{4})/([0-9]{2})/([0-9]{2})', '\1-\2-\3'
                        ),
                        '^([0-9-]{10}[Tt ][0-9]{2}:[0-9]{2}):?([Zz]| ?[+-][0-9:]{2,6}| ?\[?[A-Z][A-Za-z_]+(?:/[^ ]*)?)?$', '\1:00\2'
                    ),
                    ' ([Zz])$', '\1'
                )
            ),
            lambda complete: without_hour_24(complete)
        )[1]
    end
);
