"""Parquet files as batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from limner.collect.rowfile import BATCH_ROWS, RowBatch, RowFile, unique_names
from limner.errors import DataError

_MAGIC = b"PAR1"


def open_parquet(path: Path) -> RowFile:
    try:
        file = pq.ParquetFile(path, memory_map=True)
    except OSError as error:
        raise DataError(f"{path} cannot be opened: {error}.") from error
    except pa.ArrowInvalid as error:
        with path.open("rb") as opened:
            cut = opened.read(4) == _MAGIC
        why = "is a Parquet file cut short: its end is missing" if cut else "is not a Parquet file"
        raise DataError(f"{path} {why}.", hint="Copy it again.") from error
    names = unique_names(file.schema_arrow.names)
    return RowFile(str(path), names, _batches(path, file, names), file.metadata.num_rows)


def _batches(path: Path, file: pq.ParquetFile, names: tuple[str, ...]) -> Iterator[RowBatch]:
    done = 0
    try:
        for rows in _slices(file):
            table = pa.table([_plain(column.combine_chunks()) for column in rows.columns], names=list(names))
            numbers = np.arange(done + 1, done + 1 + table.num_rows, dtype=np.int64)
            done += table.num_rows
            yield RowBatch(table, numbers, done)
    except (OSError, pa.ArrowException) as error:
        where = f"{path} is damaged from row {done + 1} on ({str(error).splitlines()[0]})."
        raise DataError(f"{where} The rows before were read.", hint="Copy it again.") from error


def _slices(file: pq.ParquetFile) -> Iterator[pa.Table]:
    """`BATCH_ROWS` at a time, at least one slice; the rows before a damage are handed out before it is told."""
    waiting = file.schema_arrow.empty_table()
    try:
        for part in _parts(file):
            waiting = pa.concat_tables([waiting, pa.Table.from_batches([part])])
            while waiting.num_rows >= BATCH_ROWS:
                yield waiting[:BATCH_ROWS]
                waiting = waiting[BATCH_ROWS:]
    except (OSError, pa.ArrowException):
        yield waiting
        raise
    if waiting.num_rows or not file.metadata.num_rows:
        yield waiting


def _parts(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    """Row group by row group: a reader that runs ahead would fail before it hands out what is whole."""
    for group in range(file.num_row_groups):
        yield from file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group])


def _plain(column: pa.Array) -> pa.Array:
    """Without dictionaries, and bytes as text: engines know those as types of their own."""
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if types.is_binary(column.type) or types.is_large_binary(column.type) or types.is_fixed_size_binary(column.type):
        try:
            return column.cast(pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())
    return column
