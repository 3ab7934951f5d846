-- The answer for a whole text.

-- Whether a text tells a secret or a person. What is known to be nobody's (versions, trace ids) is to be taken out before. The text is
-- deciphered for each question anew, because the engine prepares the patterns in a lambda again for every two thousand rows; and
-- numbers, whose patterns cost most, are looked for where there are eight digits.
create or replace macro tells(text) as (
    case
        when is_text(text)
            then has_secret(deciphered(text))
            or has_address(deciphered(text))
            or case
                when regexp_matches(deciphered(text), '[0-9](?:[^0-9A-Za-z]{0,3}[0-9]){7}')
                    then has_somebodys_number(without_times(deciphered(text)))
                else false
            end
    end
);

-- Whether letters and digits stand in no order that a word has: in words a capital, a number or a small letter begins something that
-- goes on for a while.
create or replace macro is_random(text) as (
    len(regexp_extract_all(text, '[A-Z]?[a-z]+|[A-Z]+|[0-9]+')) * 3 > length(regexp_replace(text, '[^A-Za-z0-9]', '', 'g'))
);

-- Whether a word of sixteen characters or more is a key and no word: hexadecimal digits, letters and digits at random, or letters that
-- stand beside each other in no word.
create or replace macro has_random_word(text) as (
    regexp_matches(text, '[A-Za-z0-9]{16}')
    and len(list_filter(
        regexp_extract_all(text, '[A-Za-z0-9]{16,}'),
        lambda word: is_random(word)
        or regexp_full_match(word, '[0-9a-f]+|[0-9A-F]+')
        or len(regexp_extract_all(
            lower(word),
            'q[b-df-hj-np-tv-xz]|[b-df-hj-np-rtv-xz]q|x[bdf-hj-nqrvwz]|[b-df-hjkmp-qtv-xz]x|z[b-df-hj-np-tvx]|v[b-df-hjkmpqtv-xz]|[bcf-hkmpqv-xz]j'
            || '|c[bdfgjmnpqv-xz]|h[b-dfgjkpqvxz]|[b-df-hj-np-tv-xz]{6}'
        )) * 8 >= length(word)
    )) > 0
);
