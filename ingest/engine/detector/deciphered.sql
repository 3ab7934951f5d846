-- Whether a text tells a secret or a person: the one question behind everything that is stored of a log (redact/), asked again by
-- `verify`. A text is taken as somebody reads it who wants to know: unescaped (percent signs, entities, \x40), with look-alikes as
-- what they look like, what is base64 or hexadecimal in it decoded, and digits joined whatever stands between their groups.

-- True, and null for null. A macro that asks this first is planned when it is called, and not when it is created as well: the engine
-- has a length of texts and one of lists, and of a parameter it does not know yet which of the two is meant.
create or replace macro is_text(text) as length(text) >= 0;

-- A text, how somebody reads it, and what is encoded in it (`plain_text`, Python). Most texts hide nothing, which one
-- pattern tells: signs that escape, characters beyond ASCII, eight characters that are base64 of six printable ones, UTF-16 in
-- base64, hexadecimal digits of seven printable characters.
create or replace macro deciphered(text) as (
    case
        when
            regexp_matches(
                text,
                '[%&\\]|=40|=2E|=[0-9A-F]{2}=|[^\x00-\x7F]'
                || '|(?:[I-Za-f][C-HS-Xi-ny-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){2}|A[DGH][A-Za-z0-9]A'
                || '|(?:[2-7][0-9A-Fa-f][ :-]?){7}'
            )
            then plain_text(text)
        else text
    end
);
