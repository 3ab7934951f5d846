-- Whether a text tells a secret or a person: the one question behind everything that is stored of a log (redact.sql), asked again by
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

-- Dates, times, instants since 1970 and counters with zeros before them: what has eight digits and more and is nobody's number.
create or replace macro without_times_once(text) as (
    regexp_replace(
        text,
        '(^|[^0-9])(?:'
        || '20[0-4][0-9](?:-(?:0[1-9]|1[0-2])-|(?:0[1-9]|1[0-2]))(?:0[1-9]|[12][0-9]|3[01])'
        || '(?:[T _-](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6})?)?Z?|[T_-]?(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z?)?'
        || '|1[4-9][0-9]{8}(?:[.]?[0-9]{3}|[0-9]{6}|[0-9]{9})?'
        || '|00+[0-9]{1,7}'
        || ')($|[^0-9])',
        '\1~\2', 'g'
    )
);

-- Twice, because the sign between two of them belongs to the first.
create or replace macro without_times(text) as without_times_once(without_times_once(text));

-- Whether eight or nine digits pass the eleven test of a citizen service number.
create or replace macro is_citizen_service_number(digits) as (
    list_sum([
        weight * cast(lpad(digits, 9, '0')[i] as integer) for weight, i in [9, 8, 7, 6, 5, 4, 3, 2, -1]
    ]) % 11 = 0
);

-- Digits that are somebody's: eight to eleven in a row; groups as citizen service numbers, telephone numbers, accounts and cards are
-- written in; and groups of any length that make a citizen service number.
create or replace macro has_somebodys_number(text) as (
    regexp_matches(
        text,
        '(?:^|[^0-9])(?:[0-9]{8,11}|[3-6][0-9]{15}|[0-9]{3}[^0-9A-Za-z]{1,3}[0-9]{3}[^0-9A-Za-z]{1,3}[0-9]{3}|[0-9]{4}[^0-9A-Za-z]{1,3}[0-9]{2}[^0-9A-Za-z]{1,3}[0-9]{3}'
        || '|[0-9]{2}[^0-9A-Za-z:]{1,3}[0-9]{2}[^0-9A-Za-z:]{1,3}[0-9]{2}[^0-9A-Za-z:]{1,3}[0-9]{3}'
        || '|[0-9]{4}[^0-9A-Za-z]{1,3}[0-9]{4}[^0-9A-Za-z]{1,3}[0-9]{4}[^0-9A-Za-z]{1,3}[0-9]{2,4}'
        || '|0[^0-9A-Za-z]{0,3}[1-9](?:[^0-9A-Za-z]{0,3}[0-9]){8}|(?:00[^0-9A-Za-z]{0,3}|[+] ?)[1-9](?:[^0-9A-Za-z]{0,3}[0-9]){8,12}|31[^0-9A-Za-z]{0,3}(?:[(]0[)] ?)?[1-9](?:[^0-9A-Za-z]{0,3}[0-9]){8}'
        || ')(?:$|[^0-9])'
        || '|[A-Za-z]{2}[0-9]{2}[^0-9A-Za-z]{0,2}[A-Za-z]{4}(?:[^0-9A-Za-z]{0,2}[0-9]){7}'
        || '|(?i:(?:at|be|cz|de|dk|ee|es|fi|fr|hr|hu|lt|no|pl|pt|se|si|sk)[0-9]{2}(?:[^0-9A-Za-z]{0,2}[0-9]){10})'
    )
    or regexp_matches(text, '[0-9](?:[^0-9A-Za-z_]{0,3}[0-9]){7}') and len(list_filter(
        regexp_extract_all(text, '[0-9]+(?:[^0-9A-Za-z_\n]{1,3}[0-9]+)+'),
        lambda run: length(regexp_replace(run, '[^0-9]', '', 'g')) between 8 and 9
        and is_citizen_service_number(regexp_replace(run, '[^0-9]', '', 'g'))
    )) > 0
);

-- Addresses of machines (IPv4, with hyphens as in a host's name as well, IPv6, of a network card, as a proxy writes them in hexadecimal).
create or replace macro has_address(text) as (
    regexp_matches(
        text,
        '(?:^|[^0-9.])(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:(?:[.](?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}|(?:-(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3})(?:$|[^0-9])'
        || '|(?i:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}|(?:[0-9a-f]{1,4}:){2,6}:[0-9a-f]{1,4}|[0-9a-f]{1,4}:(?::[0-9a-f]{1,4}){2,6})'
        || '|(?i:(?:^|[^0-9a-z:])(?:[0-9a-f]{1,4}::[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})(?:$|[^0-9a-z:]))'
        || '|(?i:[0-9a-f]{2}(?::[0-9a-f]{2}){5}|(?:^|[^0-9a-z-])[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?:$|[^0-9a-z-]))'
        || '|(?i:[0-9a-f]{8}:[0-9a-f]{1,4}_[0-9a-f]{8}:)'
    )
);

-- Tokens, keys and passwords by what they begin with or what they are called, and e-mail addresses.
create or replace macro has_secret(text) as (
    regexp_matches(
        text,
        '(?i:<\s*/?\s*(?:[a-z0-9_]+:)?token|afastoken|\bbearer\b|\bbasic\s+[a-z0-9+/]{8})'
        || '|PHRva2Vu|x0b2tlb|8dG9rZW4|eyJ[A-Za-z0-9_-]{5}|-----BEGIN'
        || '|(?i:[sr]k_live_|[spr]k_test_|pk_live_)|gh[pousr]_[A-Za-z0-9]{16}|github_pat_|glpat-|xox[abprs]-|\bA[KS]IA[0-9A-Z]{12}|AIza[0-9A-Za-z_-]{20}|\bya29[.]|\bSG[.][A-Za-z0-9_-]{16}'
        || '|[A-Za-z0-9]@[A-Za-z0-9-]{2}|[A-Za-z0-9]@[A-Za-z0-9][.][A-Za-z]'
        || '|(?i:[a-z0-9_.+-]+ ?[\[({<] ?(?:at|apenstaartje) ?[\])}>] ?[a-z0-9-]+|[a-z0-9]_at_[a-z0-9-]+[._][a-z]{2,3}\b)'
        || '|(?i:(?:passw(?:or)?d|passphrase|pwd|wachtwoord|\bww|geheim|secret|token|api[-_ ]?key|\bkey|sleutel|credentials?|session(?:[-_ ]?id)?|\bsid|cookie|authori[sz]ation|bsn|sofinummer|username|\buser|\blogin|gebruiker(?:snaam)?)["'']?\s*(?:[:=]|->|=>)\s*["'']?[^\s"'';,)])'
        || '|(?i:(?:passw(?:or)?d|wachtwoord|geheim|secret|token|api[-_]?key)[._-]+(?:[a-z_]*[0-9][a-z0-9]{5,}|[a-z0-9]{5,}[0-9]))'
        || '|(?i:bsn[._-]?[0-9])'
    )
);

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
