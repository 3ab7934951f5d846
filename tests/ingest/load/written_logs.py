"""Log files, as programs write, rotate and copy them."""

from __future__ import annotations

import bz2
import gzip
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard
from hypothesis.stateful import RuleBasedStateMachine

from tests.ingest.load.exactly_once import HEADERS, LINES, File, Model, without_host

if TYPE_CHECKING:
    from collections.abc import Callable


def _multi_member(content: bytes) -> bytes:
    half = len(content) // 2
    return gzip.compress(content[:half]) + gzip.compress(content[half:])


def _cut(content: bytes) -> bytes:
    """The beginning of a gzip file that goes on, readable up to the cut."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip of two members": _multi_member,
    "zstd": zstandard.ZstdCompressor().compress,
    "bzip2": bz2.compress,
}


class WrittenLogs(RuleBasedStateMachine):
    """Logs in one folder, written line by line, and the model, which gets each line too."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="exactly-once-"))
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.model = Model()
        self.files: dict[str, File] = {}
        self.formats: dict[str, str] = {}
        self.rest: dict[str, bytes] = {}
        """The missing rest of a file's last line."""
        self.versions: list[bytes] = []
        """All contents that files ever had."""
        self.next_number = 0
        self.next_name = 0

    @property
    def plain(self) -> list[str]:
        """The files that may still grow."""
        return sorted(name for name, file in self.files.items() if not file.compression)

    def _append(self, name: str, kinds: list[str]) -> None:
        # A log that was delivered before anything stood in it begins as any other.
        content = (self.files[name].content or HEADERS[self.formats[name]]) + self.rest.pop(name, b"")
        if {"bad", "without host"} & {*kinds} and not self.model.numbers(content):
            kinds = ["good", *kinds]  # or nobody knows what log it is
        self._put(name, File(content + b"".join(self._line(self.formats[name], kind) for kind in kinds)))

    def _is_recognised(self, name: str, content: bytes) -> bool:
        """Whether its format is recognised, even if its torn last line has to be read."""
        complete = content[: content.rfind(b"\n") + 1]
        return complete == content or bool((HEADERS[self.formats[name]] and complete) or self.model.numbers(complete))

    def _line(self, log_format: str, kind: str) -> bytes:
        self.next_number += 1
        match kind:
            case "good":
                text = LINES[log_format](self.next_number)
                self.model.good[text.rstrip(b"\n")] = self.next_number
                return text
            case "without host":
                text = without_host(log_format, self.next_number)
                self.model.without_host[text.rstrip(b"\n")] = self.next_number
                return text
            case "bad":
                return f"{{this is no record {self.next_number}\n".encode()
            case "header":
                return HEADERS[log_format]
        return b"\n"

    def _truncate(self, name: str, count: int) -> None:
        """Empty the file in place, and write new lines to it."""
        self.rest.pop(name, None)
        with (self.logs / name).open("r+b") as file:
            file.truncate(0)
        self.versions.append(b"")
        self.files[name] = File(b"")
        header = HEADERS[self.formats[name]]
        self._put(name, File(header + b"".join(self._line(self.formats[name], "good") for _ in range(count))))

    def _put(self, name: str, file: File) -> None:
        path = self.logs / name
        self.versions.append(file.content)
        before = self.files.get(name)
        self.files[name] = file
        if before is not None and not before.compression and file.content.startswith(before.content):
            with path.open("ab") as log:
                log.write(file.content[len(before.content) :])
        elif file.is_cut:
            path.write_bytes(_cut(file.content))
        elif file.compression:
            path.write_bytes(PACKERS[file.compression](file.content))
        else:
            path.write_bytes(file.content)

    def _remove(self, name: str) -> None:
        (self.logs / name).unlink()
        self.rest.pop(name, None)
        del self.files[name]

    def _new_name(self, log_format: str) -> str:
        self.next_name += 1
        name = f"{self.next_name:03}.log"
        self.formats[name] = log_format
        return name

    def _is_cut(self, path: str) -> bool:
        name = Path(path).name
        return name in self.files and self.files[name].is_cut
