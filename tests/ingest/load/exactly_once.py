"""The expected content of a lake, by the rules of the ledger over plain bytes: no hash, no block, no batch, no engine.

A source is known up to the end of the longest load that it begins with. It may agree with another load further than that: it shares the
first two lines of data with it, or the first line that the load added. Then nobody can tell what is new, and the source is not
loaded. A source in which no line has its end yet is not loaded either.

A rejected line can be read again through every source that begins with its load, or with a load that grew from it. It is read as the
source has it, up to where the source is loaded. The result belongs to the load that the line came with.

The loads of a log that grew may become one. That load remembers where its parts ended. A source that ends at such a place is known. A
source that goes on there in another way agrees with the load further than it is known.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from tests.ingest.lakes import CSV_HEADER, W3C_FIELDS, line

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

Fate: TypeAlias = int | Literal["rejected", "ignored"]
"""The number of a call, or what else became of a line."""

HOST = "1234.rest.afas.online"
"""The host of every line, whether the line says it or not."""


def _at(number: int) -> dt.datetime:
    return dt.datetime(2026, 10, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number)


def _csv(number: int) -> bytes:
    url = "https://1234.rest.afas.online/ProfitRestServices/metainfo"
    return f"{_at(number):%Y-%m-%dT%H:%M:%SZ},GET,{url},200,{number}\n".encode()


def _w3c(number: int) -> bytes:
    return f"{_at(number):%Y-%m-%d %H:%M:%S} GET 1234.rest.afas.online /ProfitRestServices/metainfo 200 {number}\n".encode()


def _combined(number: int) -> bytes:
    return (
        f"1234.rest.afas.online 10.0.0.1 - - [{_at(number):%d/%b/%Y:%H:%M:%S} +0000]"
        f' "GET /ProfitRestServices/metainfo HTTP/1.1" 200 {number} "-" "A" "4321_1" 0.1\n'
    ).encode()


HEADERS = {"json": b"", "csv": CSV_HEADER, "w3c": W3C_FIELDS, "combined": b""}
LINES: dict[str, Callable[[int], bytes]] = {"json": line, "csv": _csv, "w3c": _w3c, "combined": _combined}


def without_host(log_format: str, number: int) -> bytes:
    """The same line without its host."""
    text = LINES[log_format](number)
    if log_format in {"json", "csv"}:
        return text.replace(f"https://{HOST}".encode(), b"")
    return text.replace(HOST.encode(), b"-")


def number_of(call: dict[str, object]) -> int:
    """The number of the line from which a call in the lake was made."""
    return int(str(call["request_id"] or call["response_bytes"]))


class Line(NamedTuple):
    """A line and its fate."""

    fate: Fate
    text: bytes
    is_torn: bool
    """Whether it is rejected because its end was missing."""


@dataclass(frozen=True)
class File:
    """The content of a file, decompressed."""

    content: bytes
    compression: str = ""
    is_cut: bool = False
    """Whether the compressed file is cut off."""

    def complete(self, *, final: bool) -> bytes:
        """The content to read now. A last line without its end is left out while it may still grow."""
        is_whole = not self.is_cut and bool(final or self.compression)
        return self.content if is_whole else self.content[: self.content.rfind(b"\n") + 1]


@dataclass(frozen=True)
class Held:
    """A load: the content of its source up to its end, and the place from which it belongs to this load."""

    content: bytes
    start: int
    marks: tuple[str | None, str | None]
    parent: str | None
    lines: Mapping[int, Line]
    """Its lines by their numbers, with their current fates: some may have been read again."""
    inner: tuple[bytes, ...] = ()
    """For a merged load: the content up to the end of each part except the last."""

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Lines, calls, rejects and ignored lines."""
        return (len(self.lines), *counted(self.lines.values()))

    @property
    def rejected(self) -> list[int]:
        """The numbers of the lines that are in quarantine."""
        return [number for number, line in self.lines.items() if line.fate == "rejected"]


@dataclass(frozen=True)
class Expected:
    """The expected result for a source. If it is loaded, `content[start:]` is, after the loads in `taken_back` were taken back."""

    status: Literal["loaded", "unchanged", "failed"]
    content: bytes = b""
    start: int = 0
    left: int = 0
    parent: str | None = None
    taken_back: frozenset[str] = frozenset()
    is_skipped: bool = False
    """Whether it is skipped because the operator said so."""
    doubles: bool = False
    """Whether the lake may hold some of its lines already: by chance, or because the operator wants it."""


@dataclass(frozen=True)
class ExpectedRetry:
    """The expected result for a source whose rejected lines are read again: these lines of each of its loads that has any."""

    status: Literal["retried", "unchanged", "failed"]
    lines: Mapping[str, Mapping[int, Line]] = field(default_factory=dict)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The lines that were read again, and the calls, rejects and ignored lines among them."""
        again = [line for lines in self.lines.values() for line in lines.values()]
        return (len(again), *counted(again))


def counted(lines: Iterable[Line]) -> tuple[int, int, int]:
    """How many of these lines are calls, rejected and ignored."""
    kinds = Counter("call" if isinstance(line.fate, int) else line.fate for line in lines)
    return kinds["call"], kinds["rejected"], kinds["ignored"]


@dataclass
class Model:
    """The loads that hold, and every line that was ever written."""

    loads: dict[str, Held] = field(default_factory=dict)
    good: dict[bytes, int] = field(default_factory=dict)
    without_host: dict[bytes, int] = field(default_factory=dict)
    """The lines that are calls only if a host is given."""
    headers: set[bytes] = field(default_factory=lambda: {b"", *(text.rstrip(b"\n") for text in HEADERS.values())})

    # -- lines

    def lines(self, content: bytes, start: int = 0, *, has_host: bool = False) -> dict[int, Line]:
        """Every line from `start` on, by its number. If `start` is in mid-line, the rest of that line was read before and is left out."""
        if start and content[start - 1 : start] != b"\n":
            start = content.find(b"\n", start) + 1 or len(content)
        first = content.count(b"\n", 0, start) + 1
        texts = content[start:].split(b"\n")
        last = texts.pop()
        lines = {number: self._line(text, has_host=has_host) for number, text in enumerate(texts, start=first)}
        if last:
            line = self._line(last, has_host=has_host)
            # No continuation of {t makes an object of it.
            is_hopeless = b'{"timestamp"' in content and last.startswith(b"{t")
            lines[first + len(texts)] = line._replace(is_torn=line.fate == "rejected" and not is_hopeless)
        return lines

    def _line(self, text: bytes, *, has_host: bool) -> Line:
        calls = self.good | self.without_host if has_host else self.good
        return Line(calls.get(text, "ignored" if text in self.headers else "rejected"), text, is_torn=False)

    def numbers(self, content: bytes, start: int = 0, *, has_host: bool = False) -> list[int]:
        """The numbers of the calls from `start` on."""
        found = self.lines(content, start, has_host=has_host).values()
        return [line.fate for line in found if isinstance(line.fate, int)]

    def held(self, content: bytes, start: int, marks: tuple[str | None, str | None], parent: str | None) -> Held:
        """A load as it is decided."""
        return Held(content, start, marks, parent, self.lines(content, start))

    def marks(self, complete: bytes) -> tuple[str | None, str | None]:
        """The hashes up to the first and the second line of data. The second line has to have its end."""
        found: list[str | None] = []
        place = 0
        for text in complete.split(b"\n"):
            if text and text not in self.headers:
                found.append(hashlib.sha256(complete[: place + len(text)]).hexdigest())
            place += len(text) + 1
        first, second = [*found, None, None][:2]
        if len(found) == 2 and not complete.endswith(b"\n"):
            second = None  # there may be more of it
        return first, second

    def _first_added(self, held: Held) -> bytes | None:
        """The content of a load that continues another one, up to its first whole line of data, without the end of that line."""
        place = held.start
        if not place:
            return None
        if held.content[place - 1 : place] != b"\n":
            place = held.content.find(b"\n", place) + 1 or len(held.content)
        while end := held.content.find(b"\n", place) + 1:
            if held.content[place : end - 1] not in self.headers:
                return held.content[: end - 1]
            place = end
        return None

    # -- sources

    def expect(
        self, file: File, *, final: bool, overlap: str | None, replace: bool, ours: Iterable[str]
    ) -> Expected | None:
        """The expected result for a source. None if --replace may mean more than one load."""
        content, complete = file.content, file.complete(final=final)
        _, second = self.marks(complete)
        candidates = self._candidates(complete)
        ends = self._ends(file, complete)
        known = max(ends, key=lambda key: len(ends[key].content), default=None)
        known_content = b"" if known is None else ends[known].content
        further = [
            key
            for key, held in candidates.items()
            if (added := self._first_added(held)) is not None
            and len(added) > len(known_content)
            and complete.startswith(added)
            and complete[len(added) : len(added) + 1] in {b"", b"\n"}
        ]
        if known is None or ends[known].marks[0] is None:
            further += [
                key
                for key, held in candidates.items()
                if held.marks[0] is not None
                and (second is None or held.marks[1] == second)
                and not content.startswith(held.content)
            ]
        if inside := self._inside(candidates, content, complete, longer_than=len(known_content)):
            known, known_content = inside
            further = []
        if content and not complete:
            return Expected("unchanged", left=len(content))  # it has no whole line yet, and no load remembers it
        taken_back: frozenset[str] = frozenset()
        if replace and (known or further):
            roots = {self._root(key) for key in ([known] if known else []) + further}
            if len(roots) > 1 or sum(held.content == known_content for held in ends.values()) > 1:
                return None
            (root,) = roots
            is_ours = (known or further[0]) in set(ours)
            if is_ours != any(key in set(ours) for key in self._family(root)):
                return None
            if not is_ours:
                taken_back = self._family(root)
                known, known_content, further = None, b"", []
        if further and overlap != "load":
            return Expected("unchanged", is_skipped=True) if overlap == "skip" else Expected("failed")
        if known is not None and len(complete) <= len(known_content):
            return Expected("unchanged", left=len(content) - len(known_content))
        return Expected(
            "loaded",
            content=complete,
            start=len(known_content),
            left=len(content) - len(complete),
            parent=known if known and self.loads[known].marks[0] is not None else None,
            taken_back=taken_back,
            doubles=bool(further),
        )

    def _candidates(self, complete: bytes) -> dict[str, Held]:
        """The loads that may share their beginning with a source that can be read up to here."""
        first, second = self.marks(complete)
        return {key: held for key, held in self.loads.items() if self._may_agree(held, first, second)}

    def _ends(self, file: File, complete: bytes) -> dict[str, Held]:
        """The loads with which a source begins."""
        return {
            key: held
            for key, held in self._candidates(complete).items()
            if file.content.startswith(held.content) and bool(held.content) == bool(complete)
        }

    def _inside(
        self, candidates: Mapping[str, Held], content: bytes, complete: bytes, *, longer_than: int
    ) -> tuple[str, bytes] | None:
        """The merged load with a part that ended where this source ends, except for an unfinished last line, and the content up to there."""
        found = [
            (key, inner)
            for key, held in candidates.items()
            for inner in held.inner
            if content.startswith(inner) and len(inner) >= max(len(complete), longer_than + 1)
        ]
        return max(found, key=lambda one: len(one[1]), default=None)

    def _may_agree(self, held: Held, first: str | None, second: str | None) -> bool:
        return (
            held.marks[0] is None
            or (held.marks[0] == first and (second is None or held.marks[1] is None))
            or (second is not None and held.marks[1] == second)
        )

    # -- rejected lines

    def expect_retry(self, file: File, *, has_host: bool, done: Container[str]) -> ExpectedRetry | None:
        """The expected result for the rejected lines of a source. None if they may belong to one load as well as to another.

        `done` are the loads whose lines were already read again through another source of the same run.
        """
        complete = file.complete(final=True)
        ends = self._ends(file, complete)
        content = max((held.content for held in ends.values()), key=len, default=b"")
        inside = self._inside(self._candidates(complete), file.content, complete, longer_than=len(content))
        if not ends or inside:
            return ExpectedRetry("failed")
        known = [key for key, held in ends.items() if held.content == content]
        if len(known) > 1:
            return None
        chain = [key for key in self._chain(known[0]) if key not in done and self.loads[key].rejected]
        lines = {key: self._again(key, content, has_host=has_host) for key in chain}
        is_changed = any(self.loads[key].lines[number] != line for key in chain for number, line in lines[key].items())
        return ExpectedRetry("retried" if is_changed else "unchanged", lines)

    def take(self, lines: Mapping[str, Mapping[int, Line]]) -> None:
        """Give these lines of these loads their new fates."""
        for key, changed in lines.items():
            self.loads[key] = replace(self.loads[key], lines={**self.loads[key].lines, **changed})

    def believe(self, key: str, calls: int, ignored: int, *, has_host: bool) -> None:
        """A retry turned these numbers of rejected lines of this load into calls and ignored lines.

        The retry read a source that begins with this load or with one that grew from it. The longest such content that fits is taken. The
        choice matters only for a torn last line.
        """
        assert key in self.loads
        contents = {held.content for other, held in self.loads.items() if key in self._chain(other)}
        found = [self._again(key, content, has_host=has_host) for content in sorted(contents, key=len)]
        fitting = [lines for lines in found if counted(lines.values())[::2] == (calls, ignored)]
        assert fitting, (key, calls, ignored, found)
        self.take({key: fitting[-1]})

    def _again(self, key: str, content: bytes, *, has_host: bool) -> dict[int, Line]:
        """The rejected lines of a load, as this content has them."""
        lines = self.lines(content, has_host=has_host)
        return {number: lines[number] for number in self.loads[key].rejected}

    def _chain(self, key: str) -> list[str]:
        """The load and those that it has grown from."""
        chain = [key]
        while (parent := self.loads[chain[-1]].parent) in self.loads and parent is not None:
            chain.append(parent)
        return chain

    # -- loads that become one

    def merge(self, keys: Sequence[str]) -> None:
        """Merge these loads, each grown from the one before, into one with the name of the first."""
        first, last = self.loads[keys[0]], self.loads[keys[-1]]
        assert len({self.loads[key].marks[0] for key in keys}) == 1
        lines = {number: line for key in keys for number, line in self.loads[key].lines.items()}
        assert len(lines) == sum(len(self.loads[key].lines) for key in keys)
        inner = [content for key in keys for content in (*self.loads[key].inner, self.loads[key].content)][:-1]
        self.loads[keys[0]] = Held(last.content, first.start, last.marks, first.parent, lines, tuple(inner))
        for key in keys[1:]:
            del self.loads[key]
        for key, held in self.loads.items():
            if held.parent in keys[1:]:
                self.loads[key] = replace(held, parent=keys[0])

    # -- families

    def _root(self, key: str) -> str:
        return self._chain(key)[-1]

    def _family(self, root: str) -> frozenset[str]:
        family = {root}
        for _ in self.loads:
            family |= {key for key, held in self.loads.items() if held.parent in family}
        return frozenset(family)
