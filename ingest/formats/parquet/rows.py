"""The rows of a Parquet file as blocks of lines of JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow.compute as pc

from ingest.formats.parquet.batches import batches_of, refuse_growth, types_of
from ingest.formats.parquet.columns import may_say_host, read_columns, with_host
from ingest.formats.parquet.file import naming, opened
from ingest.formats.parquet.values import JsonTexts, bytes_of, literal, objects
from ingest.read.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.read.reader import Reader


def columns_of(reader: Reader) -> tuple[list[str], list[tuple[str, bool]]]:
    """What our dialect calls the columns of a Parquet file that are read; the others, and whether one may say the host.

    SourceError when it is no table of calls.
    """
    with opened(reader) as parquet:
        read = read_columns(reader.name, parquet)
        return sorted(read.values()), [
            (field.name, may_say_host(field)) for field in parquet.schema_arrow if field.name not in read
        ]


def blocks_of_rows(reader: Reader) -> Iterator[Block]:
    """The rows of a Parquet file as JSON: a line each; its place is the number of rows before it.

    SourceError, naming the column where that is known, when it cannot be read to its end.
    """
    done = written_bytes = 0
    with opened(reader) as parquet, duckdb.connect(config={"temp_directory": ""}) as connection:
        names = with_host(reader, parquet, read_columns(reader.name, parquet))
        written = JsonTexts(connection)
        for batch in batches_of(reader, parquet, types_of(reader, parquet, names)):
            texts = []
            for column in names:
                with naming(reader.name, column):
                    texts.append(written.texts(batch.column(column)))
            lines = pc.binary_join_element_wise(
                objects(list(names.values()), texts, len(batch)), literal("\n"), literal("")
            )
            data = bytes_of(lines)
            written_bytes += len(data)
            refuse_growth(reader, written_bytes)
            places = np.arange(done, done + len(batch), dtype=np.int64)
            yield Block(data, done, places=places, is_dense=reader.is_dense)
            done += len(batch)
