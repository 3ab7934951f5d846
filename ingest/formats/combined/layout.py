"""An nginx `log_format` or an Apache `LogFormat`, compiled to a pattern with one group per value that matters.

    $host $remote_addr - $remote_user [$time_local] "$request" $status ...      nginx
    %v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"                   Apache

The grammar is strict: a value ends where the text after it begins, and inside quotes only an escaped quote may stand.
A variable that is not known is a value like any other, and nobody asks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.catalogue.platform_host import holds_callers_words
from ingest.errors import SourceError
from ingest.formats.combined.text import Escape, Syntax, read_layout_text
from ingest.formats.combined.variables import (
    BARE,
    CLOSING,
    DELIMITERS,
    HOST,
    ID_VARIABLE,
    LIST,
    LISTS,
    MEANINGS,
    NAME_BEFORE_TIME,
    ORDER,
    OWN_PATTERNS,
    QUOTED,
    TIME_COUNTS,
    TIME_FRACTIONS,
    TIME_PARTS,
    TIME_SHORTHANDS,
)
from ingest.formats.id_name import is_id_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_TOKENS: dict[Syntax, re.Pattern[str]] = {
    "nginx": re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<variable>\w+))"),
    "apache": re.compile(r"%(?:[<>]|!?[0-9,]+)*(?P<directive>(?:\{[^}]*\})?(?:\^[A-Za-z]{2}|[A-Za-z])|%)"),
}

_TIME_WITH_BRACKETS = re.compile(r"%[<>]?t")


@dataclass(frozen=True)
class Part:
    """What stands between two quotation marks of a layout: the pattern of its text and the names of its groups."""

    pattern: str
    whole_pattern: str
    """The same where a whole line is matched, which takes longer and may be more lenient."""
    others_pattern: str
    """The same with groups around the unread values, except those in which a caller may mention hosts."""
    groups: tuple[str, ...]
    is_value: bool = False
    """Whether it is one value between its quotation marks, whatever it holds."""
    text: str | None = None
    """The text itself if it holds no variable."""


@dataclass(frozen=True)
class Layout:
    """A compiled layout: its parts in order, every second one quoted, and the names of all groups."""

    text: str
    """As it was given."""
    form: str
    """The format string without the directive around it."""
    escape: Escape
    parts: tuple[Part, ...]
    names: Mapping[str, str]
    """The layout's name for each value that it holds: `$request_time`, `%D`."""
    unread: tuple[str, ...] = ()
    """The layout's names of the unread values."""

    @property
    def pattern(self) -> str:
        """The pattern of a whole line (RE2)."""
        return '"'.join(part.whole_pattern for part in self.parts)

    @property
    def others_pattern(self) -> str:
        """The pattern of a whole line. Its groups are the unread values in which no caller mentions hosts."""
        return '"'.join(part.others_pattern for part in self.parts)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the pattern's groups."""
        return tuple(group for part in self.parts for group in part.groups)

    def matches(self, line: str) -> bool:
        """Whether a line without its end is one of this layout."""
        return re.fullmatch(self.pattern, line.rstrip(), re.ASCII) is not None

    @property
    def has_offset(self) -> bool:
        """Whether its times say how far they are from UTC."""
        groups = set(self.groups)
        return bool(groups & {"time_seconds", "time_iso", "time_local", "offset"})

    @property
    def splits_by_quotes(self) -> bool:
        """Whether a line without escapes can be cut at its quotation marks."""
        return len(self.parts) % 2 == 1


@dataclass(frozen=True)
class _Token:
    """A variable of a layout, and the text on both sides of it up to the next variables."""

    name: str
    before: str
    after: str
    is_last: bool
    is_before_time: bool
    """Whether a blank and a time in brackets follow."""
    is_whole: bool
    """Whether nothing else stands between its quotation marks."""

    @property
    def may_hold_blanks(self) -> bool:
        """Whether it may hold blanks though it stands without quotes."""
        return self.is_before_time and self.meaning is None and not self.is_whole

    @property
    def is_unread(self) -> bool:
        """Whether the value is unread. Each part of a time is read."""
        return self.meaning is None and not self.name.endswith("}t")

    @property
    def shown_name(self) -> str:
        """As it stands in a layout."""
        return self.name if self.name.startswith("%") else f"${self.name}"

    @property
    def meaning(self) -> str | None:
        """The value of a call that it gives. None if it is unread."""
        named = ID_VARIABLE.fullmatch(self.name)
        is_id = named is not None and is_id_name(named[1] or named[2])
        return MEANINGS.get(self.name) or ("integration_id" if is_id else None)


def compile_layout(text: str) -> Layout:
    """The layout of a log line. SourceError says which part of it is missing or not understood."""
    syntax, form, escape = read_layout_text(text)
    pieces = [list(_pieces(part, syntax, is_quoted=number % 2 == 1)) for number, part in enumerate(form.split('"'))]
    tokens = [piece for part in pieces for piece in part if isinstance(piece, _Token)]
    best: dict[str | None, _Token] = {}
    for token in sorted(tokens, key=lambda token: ORDER.get(token.name, len(ORDER))):
        best.setdefault(token.meaning, token)
    seen: set[str] = set()
    names = {meaning: token.shown_name for meaning, token in best.items() if meaning is not None}
    unread = tuple(dict.fromkeys(token.shown_name for token in tokens if token.is_unread))
    layout = Layout(
        text.strip(), form, escape, tuple(_part(part, best, escape, seen) for part in pieces), names, unread
    )
    missing = _missing(set(layout.groups))
    if missing:
        raise SourceError(f"layout {text!r}: names no {missing}, and without it no call can be read")
    return layout


def _pieces(text: str, syntax: Syntax, *, is_quoted: bool) -> Iterator[str | _Token]:
    """The texts and variables of what stands between two quotation marks."""
    found = list(_TOKENS[syntax].finditer(text))
    starts = [token.start() for token in found[1:]] + [len(text)] * bool(found)
    end = 0
    for token, following in zip(found, starts, strict=True):
        before = text[end : token.start()]
        end = token.end()
        yield before
        name = _name(token)
        if name == "%%":
            yield "%"
        else:
            is_whole = is_quoted and token.span() == (0, len(text))
            after = text[end:following]
            is_before_time = after == " [" or (after == " " and _TIME_WITH_BRACKETS.match(text, following) is not None)
            yield _Token(name, before, after, following == len(text), is_before_time, is_whole)
    yield text[end:]


def _name(token: re.Match[str]) -> str:
    """A variable by its name in lower case, an Apache directive with its percent sign and without its modifiers."""
    found = token.groupdict()
    if "directive" not in found:
        return str(found["braced"] or found["variable"]).lower()
    argument, brace, kind = found["directive"].rpartition("}")
    # The letters of a time format mean something by their case.
    return f"%{argument if kind == 't' else argument.lower()}{brace}{kind}"


def _part(pieces: list[str | _Token], best: dict[str | None, _Token], escape: Escape, seen: set[str]) -> Part:
    """A part of a layout. A value that another variable gives better, or an earlier one, is matched and left."""
    pattern = whole_pattern = others_pattern = ""
    groups: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            pattern += _literal(piece)
            whole_pattern += _literal(piece)
            others_pattern += _literal(piece)
            continue
        for text, name in _patterns(piece, escape):
            is_taken = name is not None and name not in seen and best.get(name, piece) is piece
            found = text if is_taken or not name else text.replace("(", "(?:", 1)
            pattern += found
            whole = f"(?:{found}|{NAME_BEFORE_TIME})" if piece.may_hold_blanks else found
            whole_pattern += whole
            is_other = not is_taken and piece.meaning in {None, "host"} and not holds_callers_words(piece.name)
            others_pattern += f"({whole})" if is_other else whole.replace("(", "(?:", 1) if is_taken else whole
            if name is not None and is_taken:
                groups.append(name)
                seen.add(name)
    is_text = all(isinstance(piece, str) for piece in pieces)
    return Part(
        pattern,
        whole_pattern,
        others_pattern,
        tuple(groups),
        is_value=any(isinstance(piece, _Token) and piece.is_whole for piece in pieces),
        text="".join(piece for piece in pieces if isinstance(piece, str)) if is_text else None,
    )


def _patterns(token: _Token, escape: Escape) -> Iterator[tuple[str, str | None]]:
    """The patterns of a variable one after the other, those that give a value with its name and in parentheses."""
    if token.name == "%t":
        # It brings its own brackets, but a NetScaler's does not.
        has_brackets = token.before.endswith("[") and token.after.startswith("]")
        yield (r"\[?", None) if has_brackets else (r"\[", None)
        yield r"([^\[\]]*)", token.meaning
        yield (r"\]?", None) if has_brackets else (r"\]", None)
    elif token.name.startswith("%{") and token.name.endswith("}t"):
        yield from _time_patterns(token.name[2:-2])
    elif token.meaning is not None:
        yield f"({_value(token, escape)})", token.meaning
    else:
        yield f"(?:{_value(token, escape)})", None


def _value(token: _Token, escape: Escape) -> str:
    """The pattern of a value by what stands around it."""
    if token.is_whole:
        return QUOTED[escape]
    closing = CLOSING.get(token.before[-1:])
    if closing is not None and token.after.startswith(closing):
        return f'[^{_literal(closing)}"]*'
    delimiter = token.before[-1:] if token.is_last and not token.after else token.after[:1]
    if token.is_last and token.meaning == "query":
        return BARE  # a comma after it may also be part of it
    if delimiter and delimiter in DELIMITERS:
        return f'[^{delimiter}\r\n"]*'
    own = OWN_PATTERNS.get(token.name) or OWN_PATTERNS.get(token.meaning or "")
    if own is not None:
        return own
    if LISTS.fullmatch(token.name):
        return LIST
    is_joined = not token.is_last and (not token.after or token.after.startswith("/"))
    return HOST if token.meaning == "host" and is_joined else BARE


def _time_patterns(form: str) -> Iterator[tuple[str, str | None]]:
    """The patterns of an Apache %{...}t: a count since 1970, a fraction, or what strftime makes of a format."""
    form = re.sub(r"^(?:begin|end):?", "", form)
    if form in TIME_COUNTS:
        yield "([0-9]+)", "time_seconds"
        return
    if form in TIME_FRACTIONS:
        yield TIME_FRACTIONS[form], "fraction"
        return
    if not form:
        yield from ((r"\[", None), (r"([^\[\]]*)", "time_local"), (r"\]", None))
        return
    for short, long in TIME_SHORTHANDS.items():
        form = form.replace(f"%{short}", long)
    for text, directive in re.findall(r"([^%]+)|%(-?.?)", form):
        if text:
            yield _literal(text), None
        elif directive in TIME_PARTS:
            yield TIME_PARTS[directive]
        else:
            raise SourceError(
                f"time format {form!r}: %{directive} is not understood; known: %{' %'.join([*TIME_PARTS, *TIME_SHORTHANDS])}"
            )


def _literal(text: str) -> str:
    """The pattern of a text, in the words of both Python's patterns and RE2's."""
    return re.sub(r"([!-/:-@\[-^`{-~])", r"\\\1", text)


def _missing(groups: set[str]) -> str | None:
    date = {"year", "day", "hour", "minute"}
    if not groups & {"time_seconds", "time_iso", "time_local"} and not (
        date <= groups and groups & {"month", "month_name"}
    ):
        return "time"
    if "status" not in groups:
        return "status"
    if "request" not in groups and not ("method" in groups and {"target", "path"} & groups):
        return "request line"
    return None
