"""Which parts of a text may be kept.

Where the contract says only "redacted", the oracle decides:

P1. Redacting.
    - A redacted text becomes `redacted` as a whole.

P2. Reading. A text is judged in all forms that somebody could read it in:
    - as it is;
    - unescaped up to three times (percent signs, entities, `\\x40`, `\\u0040`, in mail `=40`), in Unicode's compatibility form
      (NFKC, with the digits of every script as ours), without characters that nobody sees;
    - every text of six characters or more that a word of eight characters or more holds in base64, from each of its first
      four characters on;
    - every text of six characters or more that hexadecimal digits spell, from seven pairs on.

P3. Suspect texts. A text is suspect if it holds
    - an access token in any form, the words of an authorization, or a JSON web token;
    - a password or a key with its value;
    - an e-mail address, or the address of a machine;
    - eight to eleven digits in a row, unless they are a date, a number of seconds since 1970 (from 2014 to 2033, also with
      milliseconds, microseconds or nanoseconds) or a counter with two zeros or more before it;
    - the number of a card or an account (IBAN);
    - digits in groups of 3-3-3, 4-2-3, 2-2-2-3, or 4-4-4 and two to four more;
    - a telephone number with its 0, 00, + or 31;
    - groups of other lengths that together make a citizen service number.

P4. Names (of connectors, their sub-objects, keys and fields).
    - A name consists of letters, digits, `_`, `-` and `.`, with at least one letter, at most 64 characters, and begins with
      a letter, a digit or `_`.
    - A text that is suspect, or has twelve digits in a row, is no name.
    - A text with a key in it is no name: a word of sixteen letters and digits or more that is random, hexadecimal, or full of
      letters that do not follow each other in words.

P5. Samples of rejected lines.
    - A sample holds no address of a machine (IPv4, IPv6), whatever stands around it.
    - A sample holds no citizen service number, also if points, blanks or hyphens stand between its digits.
"""

from __future__ import annotations

import base64
import html
import ipaddress
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

REDACTED = "redacted"

_SUSPECT = re.compile(
    r"""
      < \s* /? \s* (?: \w+: )? token | afastoken | \b bearer \b | \b basic \s+ [a-z0-9+/]{8}
    | (?-i: PHRva2Vu | x0b2tlb | 8dG9rZW4 | eyJ[\w-]{5} | -----BEGIN )
    | [sr]k_live_ | [spr]k_test_ | pk_live_
    | (?-i: gh[pousr]_[A-Za-z0-9]{16} | github_pat_ | glpat- | xox[abprs]- | \b A[KS]IA[0-9A-Z]{12} | AIza[\w-]{20}
        | \b ya29[.] | \b SG[.][\w-]{16} )
    | [a-z0-9] @ (?: [a-z0-9-]{2} | [a-z0-9] [.] [a-z] )
    | [\w.+-]+ [ ]? [\[({<] [ ]? (?: at | apenstaartje ) [ ]? [\])}>] [ ]? [a-z0-9-]
    | [a-z0-9]_at_[a-z0-9-]+[._][a-z]{2,3} \b
    | (?: passwo?r?d | passphrase | pwd | wachtwoord | \b ww | geheim | secret | token | api[-_ ]?key | \b key | sleutel | credentials?
        | session (?: [-_ ]?id )? | \b sid | cookie | authori[sz]ation | bsn | sofinummer | username | \b user | \b login
        | gebruiker (?: snaam )? ) ["']? \s* (?: [:=] | -> | => ) \s* ["']? [^\s"';,)]
    | (?: passwo?r?d | wachtwoord | geheim | secret | token | api[-_]?key ) [._-]+ (?: [a-z_]* [0-9] [a-z0-9]{5} | [a-z0-9]{5,} [0-9] )
    | bsn [._-]? [0-9]
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_NAME = re.compile(r"(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_ESCAPED = re.compile(r"(?:%u|\\u\{?)0*([0-9A-Fa-f]{2,5})\}?|\\x([0-9A-Fa-f]{2})")


def is_citizen_service_number(digits: str) -> bool:
    """Say whether nine digits pass the eleven test of the Dutch citizen service number."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and int(digits) > 0


def is_suspect(text: str) -> bool:
    """Say whether a text holds something that must not be stored."""
    return tells(readings(text), has_number=lambda read: has_somebodys_number(_without_times(read)))


def tells(read: list[str], *, has_number: Callable[[str], bool]) -> bool:
    """Say whether one of the readings of a text is suspect. `has_number` says whether they hold somebody's number."""
    whole = "\nx\n".join(read)
    return _SUSPECT.search(whole) is not None or _has_address(whole) or has_number(whole)


def readings(text: str) -> list[str]:
    """Return the text, the same unescaped, and the texts that are encoded in it."""
    plain = _unescaped(text)
    found = [plain]
    for word in re.findall(r"[A-Za-z0-9+/_-]{8,}", plain):
        for place in range(4):
            letters = re.sub(r"[-_]", lambda sign: "+" if sign[0] == "-" else "/", word[place:])
            whole = letters[: len(letters) - (len(letters) % 4 == 1)]
            found += _texts_of(base64.b64decode(whole + "=" * (-len(whole) % 4)))
    for word in re.findall(r"(?:[0-9A-Fa-f]{2}[ :-]?){7,}", plain):
        found += _texts_of(bytes.fromhex(re.sub(r"[ :-]", "", word)))
    return [text, plain, *map(_unescaped, found[1:])]


def _texts_of(data: bytes) -> list[str]:
    return re.findall(r"[^\x00-\x1f\x7f\ufffd]{6,}", data.replace(b"\0", b"").decode(errors="replace"))


def _unescaped(text: str) -> str:
    for _ in range(3):
        text = "".join(_seen_as(character) for character in text)
        text = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = re.sub(r"(?:=[0-9A-F]{2}){2,}|=40|=2E", lambda found: found[0].replace("=", "%"), text)
        text = unquote(html.unescape(text), errors="replace")
    return text


def _seen_as(character: str) -> str:
    if unicodedata.category(character) in ("Cf", "Mn"):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return str(unicodedata.digit(character, plain if plain.isascii() else character))


def _without_times(text: str) -> str:
    day = r"20[0-4][0-9](?:-(?:0[1-9]|1[0-2])-|(?:0[1-9]|1[0-2]))(?:0[1-9]|[12][0-9]|3[01])"
    clock = r"(?:[T _-](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?Z?|[T_-]?(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?"
    epoch = r"1[4-9]\d{8}(?:\.?\d{3}|\d{6}|\d{9})?"
    return re.sub(rf"(?<!\d)(?:{day}{clock}|{epoch}|00+\d{{1,7}})(?!\d)", "~", text, flags=re.ASCII)


def has_somebodys_number(text: str) -> bool:
    """Say whether digits in a text have the form of a citizen service, telephone, account or card number."""
    groups = list(re.finditer(r"[0-9]+", text))
    if any(8 <= len(group[0]) <= 11 or re.fullmatch(r"[3-6][0-9]{15}", group[0]) for group in groups):
        return True
    countries = "at|be|cz|de|dk|ee|es|fi|fr|hr|hu|lt|no|pl|pt|se|si|sk"
    if re.search(rf"(?i:{countries})[0-9]{{2}}(?:[^0-9A-Za-z]{{0,2}}[0-9]){{10}}", text):
        return True
    if re.search(r"[A-Za-z]{2}[0-9]{2}[^0-9A-Za-z]{0,2}[A-Za-z]{4}(?:[^0-9A-Za-z]{0,2}[0-9]){7}", text):
        return True
    # Groups are neighbours if at most three signs stand between them. A number consists of neighbours in a row.
    between = [text[one.end() : two.start()] for one, two in itertools.pairwise(groups)]
    for first in range(len(groups)):
        for last in range(first, min(first + 17, len(groups))):
            signs = between[first:last]
            if any(not re.fullmatch(r"[^0-9A-Za-z]{1,3}", sign) for sign in signs):
                break
            if _is_somebodys([group[0] for group in groups[first : last + 1]], signs, text[: groups[first].start()]):
                return True
    return any(_makes_a_citizens(run[0]) for run in re.finditer(r"[0-9]+(?:[^0-9A-Za-z_\n]{1,3}[0-9]+)+", text))


def _is_somebodys(groups: list[str], signs: list[str], before: str) -> bool:
    shape, digits = tuple(map(len, groups)), "".join(groups)
    is_grouped = shape in ((3, 3, 3), (4, 2, 3)) or (len(shape) == 4 and shape[:3] == (4, 4, 4) and 2 <= shape[3] <= 4)
    is_in_pairs = shape == (2, 2, 2, 3) and not any(":" in sign for sign in signs)
    is_national = re.fullmatch(r"0[1-9][0-9]{8}", digits) is not None
    is_abroad = re.fullmatch(r"00[1-9][0-9]{8,12}", digits) is not None and groups[0].startswith("00")
    has_plus = (
        re.fullmatch(r"[1-9][0-9]{8,12}", digits) is not None and re.search(r"(?:^|[^0-9])[+] ?$", before) is not None
    )
    is_dutch = re.fullmatch(r"31(?:0(?=[0-9]{9}$))?[1-9][0-9]{8}", digits) is not None and groups[0].startswith("31")
    if is_dutch and len(digits) == 12:
        is_dutch = "(0)" in "".join(itertools.chain(*itertools.zip_longest(groups, signs, fillvalue="")))
    return is_grouped or is_in_pairs or is_national or is_abroad or has_plus or is_dutch


def _makes_a_citizens(run: str) -> bool:
    digits = re.sub(r"[^0-9]", "", run)
    return len(digits) in (8, 9) and is_citizen_service_number(digits.zfill(9))


def _has_address(text: str) -> bool:
    octet = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
    dotted = re.search(rf"(?<![0-9.]){octet}(?:(?:\.{octet}){{3}}|(?:-{octet}){{3}})(?![0-9])", text, re.ASCII)
    pairs = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}|(?<![0-9a-z-])[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?![0-9a-z-])"
    card = re.search(pairs, text, re.IGNORECASE)
    six_groups = r"[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}|(?:[0-9a-f]{1,4}:){2,6}:[0-9a-f]{1,4}|[0-9a-f]{1,4}:(?::[0-9a-f]{1,4}){2,6}"
    glued = re.search(six_groups, text, re.IGNORECASE)
    proxy = re.search(r"[0-9a-f]{8}:[0-9a-f]{1,4}_[0-9a-f]{8}:", text, re.IGNORECASE)
    six = re.finditer(r"(?<![0-9a-z:])[0-9a-f:]*::?[0-9a-f:]*(?![0-9a-z:])", text, re.IGNORECASE)
    return any((dotted, card, proxy, glued)) or any(len(found[0]) > 2 and _is_address(found[0]) for found in six)


def is_random(text: str) -> bool:
    """Say whether letters and digits follow each other as they do in no word."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+", text)
    return len(words) * 3 > len("".join(words))


_UNLIKELY = re.compile(
    r"q[b-df-hj-np-tv-xz]|[b-df-hj-np-rtv-xz]q|x[bdf-hj-nqrvwz]|[b-df-hjkmp-qtv-xz]x|z[b-df-hj-np-tvx]|v[b-df-hjkmpqtv-xz]"
    r"|[bcf-hkmpqv-xz]j|c[bdfgjmnpqv-xz]|h[b-dfgjkpqvxz]|[b-df-hj-np-tv-xz]{6}"
)


def _is_key(word: str) -> bool:
    is_hexadecimal = re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", word) is not None
    return is_random(word) or is_hexadecimal or len(_UNLIKELY.findall(word.lower())) * 8 >= len(word)


def is_word(text: str) -> bool:
    """Say whether a text is one word or number that identifies nobody."""
    return (
        re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", text) is not None
        and re.search(r"[0-9]{12}", text) is None
        and not any(_is_key(word) for word in re.findall(r"[A-Za-z0-9]{16,}", text))
        and not is_suspect(text)
    )


def is_name(text: str) -> bool:
    """Say whether a text may be kept as the name of a thing."""
    return _NAME.fullmatch(text) is not None and is_word(text)


def name_or_redacted(text: str) -> str:
    """Return a name as it was sent, or `REDACTED` if the text is no name."""
    return text if is_name(text) else REDACTED


_MAYBE_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.[0-9.]+)?")
_MAYBE_NUMBER = re.compile(
    r"""
      (?<! [0-9] ) (?: [0-9]{3} [ .-] [0-9]{3} [ .-] [0-9]{3} | [0-9]{4} [ .-] [0-9]{2} [ .-] [0-9]{3}
    | [0-9]{2} [ .-] [0-9]{2} [ .-] [0-9]{2} [ .-] [0-9]{3} | [0-9]{8,9} ) (?! [0-9] )
    """,
    re.VERBOSE,
)


def addresses_in(text: str) -> list[str]:
    """Return the addresses of machines in a text."""
    return [found for found in _MAYBE_ADDRESS.findall(text) if _is_address(found)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def citizen_service_numbers_in(text: str) -> list[str]:
    """Return the parts of a text that may be citizen service numbers, with or without separators."""
    packed = ((found, re.sub(r"[^0-9]", "", found).zfill(9)) for found in _MAYBE_NUMBER.findall(text))
    return [found for found, digits in packed if len(digits) == 9 and is_citizen_service_number(digits)]
