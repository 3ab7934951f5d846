"""A source as blocks of whole lines, whatever its bytes and wherever they are cut."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.limits import Limits
from ingest.read.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.read.blocks import Block

LIMITS = st.builds(
    Limits, block_bytes=st.integers(1, 60), line_bytes=st.integers(1, 60), block_lines=st.integers(4, 20)
)


def _blocks(chunks: Sequence[bytes], limits: Limits, *, start: int = 0) -> list[Block]:
    reader = Reader(
        name="x", size=None, is_final=True, chunks=iter(chunks), file=io.BytesIO(), start=start, limits=limits
    )
    return list(reader.blocks())


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    chunks=st.lists(st.lists(st.sampled_from([b"\n", b"a", b"bcdefgh", b"\r\n", b"\0"]), min_size=1).map(b"".join)),
    limits=LIMITS,
    start=st.sampled_from([0, 1000]),
)
def test_blocks_are_whole_lines_in_order_or_parts_of_one_that_is_too_long(
    chunks: list[bytes], limits: Limits, start: int
) -> None:
    found = _blocks(chunks, limits, start=start)
    assert b"".join(block.data for block in found) == b"".join(chunks)
    place = start
    is_in_line = False
    for block in found:
        assert block.offset == place
        place += len(block.data)
        assert block.data
        assert is_in_line == (block.kind == "long_more")
        match block.kind:
            case "lines":
                assert block.data.endswith(b"\n")
            case "torn":
                assert b"\n" not in block.data
                assert block is found[-1]
            case "long_start":
                assert b"\n" not in block.data
                assert len(block.data) > limits.line_bytes
            case "long_more":
                assert b"\n" not in block.data[:-1]
        is_in_line = block.kind in {"long_start", "long_more"} and not block.data.endswith(b"\n")


def test_a_block_holds_a_bounded_number_of_lines() -> None:
    found = _blocks([b"\n" * 10_000], Limits(block_lines=100))
    assert sum(len(block.data) for block in found) == 10_000
    assert max(block.data.count(b"\n") for block in found) <= 125


def test_a_line_is_given_up_as_soon_as_it_is_too_long() -> None:
    found = _blocks([b"good\n", *[b"a" * 10] * 10, b"end\nlast\n"], Limits(line_bytes=25))
    assert [(block.kind, len(block.data)) for block in found[:3]] == [
        ("lines", 5),
        ("long_start", 30),
        ("long_more", 10),
    ]
    assert (found[-1].kind, found[-1].data) == ("lines", b"last\n")
