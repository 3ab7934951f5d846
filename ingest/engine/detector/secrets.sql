-- Addresses, tokens, keys and passwords.

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
