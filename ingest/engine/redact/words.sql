-- What never reaches a disk. Every free text of the lake passes one of the macros of this folder, and what does not fit the
-- pattern of its column is replaced by the word 'redacted', which fits every pattern. Here: words and names.

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
