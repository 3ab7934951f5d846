-- Versions of an API.

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
