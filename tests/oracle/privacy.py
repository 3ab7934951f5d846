"""What may be kept of a text, and what may not.

Where the contract says only "redacted", the oracle decides:

- P1. A redacted text becomes `REDACTED` as a whole.
- P2. Suspect is: an access token in XML (raw, HTML- or URL-escaped, cut off) or base64 (in three alignments), the header
  schemes `AfasToken ...`, `Bearer ...`, `Basic ...` with a value, a JSON web token, an e-mail address (also `%40`), an
  IBAN with a right check sum, nine digits on their own that pass the citizen service number's check, and 40 or more
  characters of base64 or hexadecimal in a row that are not all digits (a trace id of 32 is none).
- P4. The sample of a rejected line holds no address of a machine (IPv4, IPv6, whatever stands around it) and no citizen service
  number, be it written with points, blanks or hyphens between its digits.
- P3. A name (connector, element, key, SB segment) is letters, digits, `_`, `-`, `.`, at least one letter, at most 64
  characters, and not suspect.
"""

from __future__ import annotations

import ipaddress
import re

REDACTED = "redacted"

_SUSPECT = re.compile(
    r"""
      PHRva2Vu | x0b2tlb | 8dG9rZW4                       # base64 of <token, whatever stands before it
    | (?: < | &lt; | &\#0*60; | &\#x0*3c; | %3c | %253c ) (?: [\w]+: )? token
    | \b (?: AfasToken | Bearer | Basic ) (?: \s | \+ | %20 )+ [^\s;,)]{6}
    | eyJ [\w-]{5,} \. [\w-]{5,}
    | [\w.+-]+ (?: @ | %40 ) [\w-]+ \. [A-Za-z]{2,}
    | (?= [0-9+/]* [A-Za-z] ) [A-Za-z0-9+/]{40}
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_NINE_DIGITS = re.compile(r"(?<![0-9])[0-9]{9}(?![0-9])")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}[ ]?(?:[0-9A-Za-z]{4}[ ]?){2,7}[0-9A-Za-z]{1,4}(?![0-9A-Za-z])")
_NAME = re.compile(r"(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_.-]{1,64}")


def is_citizen_service_number(digits: str) -> bool:
    """Say whether nine digits pass the eleven test of the Dutch citizen service number."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and int(digits) > 0


def is_iban(text: str) -> bool:
    """Say whether the check sum of an IBAN is right."""
    packed = text.replace(" ", "").upper()
    turned = packed[4:] + packed[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_suspect(text: str) -> bool:
    """Say whether a text holds something that must not be stored."""
    return (
        _SUSPECT.search(text) is not None
        or any(is_citizen_service_number(found) for found in _NINE_DIGITS.findall(text))
        or any(is_iban(found) for found in _IBAN.findall(text))
    )


def is_name(text: str) -> bool:
    """Say whether a text may be kept as the name of a thing."""
    return _NAME.fullmatch(text) is not None and not is_suspect(text)


def name_or_redacted(text: str) -> str:
    """Return a name as sent, or the mark that it was none."""
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
    """Return what may be a citizen service number in a text, with or without separators."""
    packed = ((found, re.sub(r"[^0-9]", "", found).zfill(9)) for found in _MAYBE_NUMBER.findall(text))
    return [found for found, digits in packed if len(digits) == 9 and is_citizen_service_number(digits)]
