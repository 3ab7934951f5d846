r"""The format string of an access log, as it stands in the configuration of nginx or Apache, with or without its directive.

log_format main escape=json '$host $remote_addr [$time_local] '
                            '"$request" $status';
LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O" vhost
CustomLog logs/access.log "%h %l %u %t \"%r\" %>s %b"
"""

from __future__ import annotations

import re
from typing import Literal

Syntax = Literal["nginx", "apache"]
Escape = Literal["default", "json", "none"]

_NGINX_DIRECTIVE = re.compile(r"(?is)^log_format\s+\S+\s+(?:escape=(default|json|none)\s+)?(.*)$")
_APACHE_DIRECTIVE = re.compile(r"(?is)^(?:LogFormat|(?:Custom|Global)Log\s+(?:\"(?:[^\"\\]|\\.)*\"|\S+))\s+(.*)$")
_NGINX_WORD = re.compile(
    r"""\s+|\#[^\n]*|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s;'"\\]|\\.)+)|(;.*)""", re.DOTALL
)
_APACHE_WORD = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+))""", re.DOTALL)
_CHARACTERS = {"t": "\t", "n": "\n", "r": "\r"}


def read_layout_text(text: str) -> tuple[Syntax, str, Escape]:
    r"""Whose syntax a layout is in, the format string itself, and how the values in the log are escaped.

    >>> read_layout_text("log_format x escape=none '$host '\n  '$status';")
    ('nginx', '$host $status', 'none')
    """
    text = text.strip()
    if directive := _NGINX_DIRECTIVE.match(text):
        return "nginx", _nginx_words(directive[2]).rstrip(), _escape(directive[1])
    if directive := _APACHE_DIRECTIVE.match(text.replace("\\\n", " ")):
        word = _APACHE_WORD.match(directive[1])
        form = next((group for group in word.groups() if group is not None), "") if word else ""
        return "apache", _with_characters(_without_backslashes(form)).rstrip(), "default"
    syntax: Syntax = "nginx" if re.search(r"\$\{?[a-z]", text) else "apache"
    if syntax == "nginx" and re.fullmatch(r"(?s)(?:'(?:[^'\\]|\\.)*'\s*)+;?", text):
        return syntax, _nginx_words(text).rstrip(), "default"
    return syntax, _with_characters(text).rstrip(), "default"


def _escape(name: str | None) -> Escape:
    match (name or "").lower():
        case "json":
            return "json"
        case "none":
            return "none"
        case _:
            return "default"


def _nginx_words(text: str) -> str:
    """The strings of a directive, one after the other, up to its semicolon."""
    form = ""
    for word in _NGINX_WORD.finditer(text):
        if word[4] is not None:
            break
        form += _with_characters(next((group for group in word.groups()[:3] if group is not None), ""))
    return form


def _without_backslashes(text: str) -> str:
    """The text between the quotes of a word in Apache's configuration, without the backslash before each quote and backslash."""
    return re.sub(r"\\([\"'\\])", r"\1", text)


def _with_characters(text: str) -> str:
    r"""With the characters in the place of \t, \" and the like."""
    return re.sub(r"\\([tnr\"'\\])", lambda found: _CHARACTERS.get(found[1], found[1]), text)
