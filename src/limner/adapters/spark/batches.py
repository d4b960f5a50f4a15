"""Rows in and tag columns out of a Spark task, as Arrow: what a fold needs of a stream, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.model.column import Folded, TagColumn
from limner.model.timeline import Slice
from limner.timeline.base import index_rows
from limner.timeline.shard import Shard, read_arrays

ENOUGH = 200_000
"""Rows folded at once: a call of the kernels is then cheap, and a task's memory small."""
BATCH = 20_000
"""Customers per batch of columns: the JVM holds a batch whole."""
SQL_TYPES = {"int64": "bigint", "int32": "int", "int8": "tinyint", "float64": "double", "float32": "float"}


def cut_customers(batches: Iterable[pa.RecordBatch], enough: int = ENOUGH) -> Iterator[pa.Table]:
    """Tables of whole customers, of ``enough`` rows or a little more, from batches sorted by ``customer``.

    The rows of a customer that is not finished wait in a list, so that one with millions of events is copied once.
    """
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        begun = 0
        if rows >= enough:
            customers = batch.column("customer").to_numpy()
            if customers[-1] != held[-1].column("customer")[-1].as_py():
                # Whoever ends before the batch does is finished: all but its last customer.
                begun = int(np.searchsorted(customers, customers[-1]))
                yield pa.Table.from_batches([*held, batch.slice(0, begun)])
                held, rows = [], 0
        held.append(batch.slice(begun))
        rows += batch.num_rows - begun
    if held:
        yield pa.Table.from_batches(held)


def read_slice(table: pa.Table, grains: Mapping[str, str]) -> Slice:
    """Timelines of rows sorted by (customer, time, event_id). ``grains`` maps list columns to their grain."""
    customers, offsets = index_rows(table.column("customer").to_numpy())
    return Shard(customers, offsets, *read_arrays(table)).to_slice(grains)


def spell_schema(empty: Folded) -> str:
    """The columns of `write_folded` in Spark's words, from a fold of nobody."""
    fields = ["customer int", "events bigint"]
    for i, column in enumerate(empty.columns.values()):
        name = SQL_TYPES[column.values.dtype.name]
        fields.append(f"v{i} {name if is_flat(column) else f'array<{name}>'}")
        if column.confidence is not None:
            fields.append(f"c{i} float")
    return ", ".join(fields)


def is_flat(column: TagColumn) -> bool:
    return column.offsets is None and column.values.ndim == 1


def write_folded(folded: Folded, counts: npt.NDArray[np.int64]) -> Iterator[pa.RecordBatch]:
    """A row per customer: number, how many events were folded (``counts``), and per tag ``v0`` and maybe ``c0``."""
    arrays = {"customer": pa.array(folded.customers), "events": pa.array(counts)}
    for i, column in enumerate(folded.columns.values()):
        arrays[f"v{i}"] = write_values(column)
        if column.confidence is not None:
            arrays[f"c{i}"] = pa.array(column.confidence)
    yield from pa.table(arrays).to_batches(max_chunksize=BATCH)


def write_values(column: TagColumn) -> pa.Array:
    """As stored: nulls stay the sentinels they are, so that nothing is translated twice."""
    if is_flat(column):
        return pa.array(column.values)
    if column.offsets is not None:
        offsets = column.offsets
    else:
        size, width = column.values.shape
        offsets = np.arange(size + 1) * width
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(column.values.reshape(-1)))


def read_folded(table: pa.Table, empty: Folded) -> Folded:
    """The fold whose batches were collected, customers ascending."""
    if not table.num_rows:
        return empty
    table = table.sort_by("customer").combine_chunks()
    columns = {name: read_column(table, i, column) for i, (name, column) in enumerate(empty.columns.items())}
    events = int(np.sum(table.column("events").to_numpy()))
    return Folded(table.column("customer").to_numpy(), columns, empty.as_of, events)


def read_column(table: pa.Table, place: int, empty: TagColumn) -> TagColumn:
    array = table.column(f"v{place}").combine_chunks()
    confidence = None if empty.confidence is None else table.column(f"c{place}").to_numpy()
    offsets = None
    if is_flat(empty):
        values = array.to_numpy(zero_copy_only=False)
    else:
        values = array.flatten().to_numpy(zero_copy_only=False)
        if empty.offsets is None:
            values = values.reshape(-1, empty.values.shape[1])
        else:
            offsets = (array.offsets.to_numpy() - array.offsets[0].as_py()).astype(np.int64)
    return TagColumn(empty.type, values, empty.scale, empty.dictionary, offsets, confidence, empty.since_last)
