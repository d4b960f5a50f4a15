"""A shard: some customers' timelines as typed columns, in memory or mapped from one Arrow IPC file of one batch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.model.on_demand import Made
from limner.model.timeline import NULL_CODE, NULL_NUMBER, Slice
from limner.timeline.zone import local_days, local_hours

Array = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Lists:
    """A column of a list grain: the elements of row i are values[offsets[i]:offsets[i + 1]]."""

    offsets: npt.NDArray[np.int32]
    values: Array


@dataclass(frozen=True, slots=True)
class Shard:
    """Rows sorted by (customer, time, event_id). Besides a Slice's columns it knows each row's ``fragment``."""

    customers: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    columns: Mapping[str, Array]
    lists: Mapping[str, Lists] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return int(self.offsets[-1])

    def to_slice(self, grains: Mapping[str, str]) -> Slice:
        """The view a fold reads. ``grains`` maps list columns to their grain."""
        columns = leave_out("fragment", self.columns)
        names = sorted({grains[name] for name in self.lists if name in grains})

        def spread(grain: str) -> Slice:
            members = {name: lists for name, lists in self.lists.items() if grains.get(name) == grain}
            offsets = next(iter(members.values())).offsets
            lengths = np.diff(offsets)
            repeated = {name: np.repeat(array, lengths) for name, array in columns.items()}
            flat = {name: lists.values for name, lists in members.items()}
            return Slice(self.customers, offsets[self.offsets].astype(np.int64), repeated | flat, grain)

        return Slice(self.customers, self.offsets, columns, "", Made(names, spread))

    def cut(self, first: int, last: int) -> Shard:
        """The customers first..last-1, as views."""
        if first == 0 and last == len(self.customers):
            return self
        low, high = int(self.offsets[first]), int(self.offsets[last])
        return Shard(
            self.customers[first:last],
            self.offsets[first : last + 1] - low,
            {name: array[low:high] for name, array in self.columns.items()},
            {name: cut_lists(lists, low, high) for name, lists in self.lists.items()},
        )


def leave_out(name: str, columns: Mapping[str, Array]) -> Mapping[str, Array]:
    """The other columns, and those that are made on demand left so."""
    others = [other for other in columns if other != name]
    if isinstance(columns, Made):
        return Made(others, columns.__getitem__)
    return {other: columns[other] for other in others}


def cut_lists(lists: Lists, low: int, high: int) -> Lists:
    start, end = int(lists.offsets[low]), int(lists.offsets[high])
    return Lists(lists.offsets[low : high + 1] - np.int32(start), lists.values[start:end])


def read_columns(table: pa.Table, zone: str) -> tuple[dict[str, Array], dict[str, Lists]]:
    """The log's rows as arrays, with the local day and hour worked out."""
    columns, lists = read_arrays(table)
    times = columns["time"].astype(np.int64, copy=False)
    columns["day"], columns["hour"] = local_days(times, zone), local_hours(times, zone)
    return columns, lists


def read_arrays(table: pa.Table) -> tuple[dict[str, Array], dict[str, Lists]]:
    """Plain columns and list columns, with nulls spelled as sentinels."""
    columns: dict[str, Array] = {}
    lists: dict[str, Lists] = {}
    for name in table.column_names:
        if name in ("customer", "event_id"):
            continue
        array = table.column(name).combine_chunks()
        if pa.types.is_list(array.type):
            lists[name] = read_lists(array)
        else:
            columns[name] = read_values(array)
    return columns, lists


def read_values(array: pa.Array) -> Array:
    null = NULL_CODE if pa.types.is_int32(array.type) else NULL_NUMBER
    filled = array.fill_null(null) if array.null_count else array
    return np.asarray(filled.to_numpy(zero_copy_only=False))


def read_lists(array: pa.ListArray) -> Lists:
    lengths = np.asarray(array.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    return Lists(offsets, read_values(array.flatten()))


def write_shard(path: Path, shard: Shard) -> None:
    """Write and fsync ``path`` and its index ``path.customers``; nothing refers to them before the manifest does."""
    write_rows(path, shard)
    sync_file(path)
    index = {"customer": pa.array(shard.customers), "start": pa.array(shard.offsets[:-1])}
    write_batch(index_path(path), pa.record_batch(index))


def write_rows(path: Path, shard: Shard) -> None:
    """The rows alone, without the index, and not yet surely on the disk."""
    columns = {name: pa.array(array) for name, array in shard.columns.items()}
    columns |= {name: write_lists(lists) for name, lists in shard.lists.items()}
    write_fast(path, pa.record_batch(columns))


def write_lists(lists: Lists) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(lists.offsets), pa.array(lists.values))


def write_batch(path: Path, batch: pa.RecordBatch) -> None:
    write_fast(path, batch)
    sync_file(path)


def write_fast(path: Path, batch: pa.RecordBatch) -> None:
    # Arrow's own file: through one of Python's it copies every buffer, with Python's lock held.
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)


def sync_file(path: Path) -> None:
    written = os.open(path, os.O_RDONLY)
    os.fsync(written)
    os.close(written)


def index_path(path: Path) -> Path:
    return path.with_name(path.name + ".customers")


def map_batch(path: Path) -> pa.RecordBatch:
    return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)


def map_shard(path: Path, extra: Mapping[str, Path]) -> Shard:
    """A shard over memory-mapped files; ``extra`` holds columns promoted after it was written."""
    batch, index = map_batch(path), map_batch(index_path(path))
    arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
    arrays |= {name: map_batch(file).column(0) for name, file in extra.items()}
    offsets = np.concatenate([index.column("start").to_numpy(), np.array([batch.num_rows], np.int64)])
    return Shard(index.column("customer").to_numpy(), offsets, *take_arrays(arrays))


def map_rows(path: Path) -> tuple[dict[str, Array], dict[str, Lists]]:
    """What `write_rows` wrote, mapped."""
    batch = map_batch(path)
    return take_arrays(dict(zip(batch.schema.names, batch.columns, strict=True)))


def take_arrays(arrays: Mapping[str, pa.Array]) -> tuple[dict[str, Array], dict[str, Lists]]:
    """Plain columns and list columns, without a copy."""
    return (
        {name: array.to_numpy() for name, array in arrays.items() if not pa.types.is_list(array.type)},
        {
            name: Lists(array.offsets.to_numpy(), array.values.to_numpy())
            for name, array in arrays.items()
            if pa.types.is_list(array.type)
        },
    )
