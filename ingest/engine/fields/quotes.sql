-- Values in quotes, and what is escaped in them.

-- What nginx escapes with escape=json: as in a JSON text.
create or replace macro json_unescaped(text) as (
    case when contains(text, '\') then coalesce(try(from_json('"' || text || '"', '"VARCHAR"')), text) else text end
);

-- A value without the quotes around it; a doubled quote in it is one. `marks` are the characters that quote.
create or replace macro without_quotes(value, marks) as (
    case
        when length(value) > 1 and contains(marks, left(value, 1)) and ends_with(value, left(value, 1))
            then replace(substr(value, 2, length(value) - 2), left(value, 1) || left(value, 1), left(value, 1))
        else value
    end
);

-- What stands between the quotes of a value, perhaps behind an equals sign; a doubled quote in it is one.
create or replace macro quoted_value(value, quote) as (
    replace(substr(value, strpos(value, quote) + 1, length(value) - strpos(value, quote) - 1), quote || quote, quote)
);

-- ="4321_678901", the formula by which Excel keeps a text as it is, is that text; any other value is itself.
create or replace macro kept_text(value, quote) as (
    case
        when starts_with(value, '=' || quote) and ends_with(value, quote) and length(value) - length(replace(value, quote, '')) = 2
            then substr(value, 3, length(value) - 3)
        else value
    end
);

-- What is wrong with the quotes in a row of a CSV: `csv_sound` matches it as far as nothing is.
create or replace macro quote_defect(row_text) as (
    list_transform(
        [regexp_extract(getvariable('delimiter') || row_text, getvariable('csv_sound'))],
        lambda sound: case
            when not starts_with(substr(getvariable('delimiter') || row_text, length(sound) + 1), getvariable('quote'))
                then 'value ' || len(regexp_extract_all(sound, getvariable('csv_value'), 1))
                || ' goes on behind the quote that closes it; a quote inside a quoted value is written twice'
            when ends_with(rtrim(sound, ' ='), getvariable('delimiter'))
                then 'a quote is not closed on its line; values with a line end in them are not read'
            else
                'value ' || len(regexp_extract_all(sound, getvariable('csv_value'), 1))
                || ' has a quote in it and none around it; expected one before it and behind it, and each quote in it twice'
        end
    )[1]
);

-- What nginx and Apache escape inside a quoted value: \" \\ and \xHH, a byte of UTF-8. Percent signs carry the bytes to the
-- decoder; what does not become valid UTF-8 stays as it was.
create or replace macro unescaped(text) as (
    case
        when contains(text, '\')
            then coalesce(
                try(url_decode(
                    regexp_replace(
                        replace(replace(replace(text, '%', '%25'), '\\', '%5C'), '\"', '%22'), '\\x([0-9A-Fa-f]{2})', '%\1', 'g'
                    )
                )),
                text
            )
        else text
    end
);
