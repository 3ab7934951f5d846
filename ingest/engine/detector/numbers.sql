-- Digits that are somebody's.

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
