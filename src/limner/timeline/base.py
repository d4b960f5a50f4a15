"""The base: shards on disk that hold every timeline up to a seq, and the manifest that makes them one thing.

The manifest is replaced atomically and only after its files are on disk, so a kill at any moment leaves the base as
it was before; what it names is never changed in place. All of it can be rebuilt from the log.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.timeline.arrange import Shelves
from limner.timeline.shard import Shard, index_path, map_shard, read_columns, write_batch, write_shard

FORMAT = 1
SHARD_ROWS = 1_000_000
"""A shard is cut at the first customer past this many rows; one that grew to twice as many is split."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """One shard in the manifest."""

    file: str
    rows: int
    first: int
    """The first customer of its range; the range ends before the next shard's."""
    sizes: Mapping[str, int]
    """Every file of the shard with its size in bytes: a torn one shows."""
    extra: Mapping[str, str]
    """Columns promoted since: column to file."""


@dataclass(frozen=True)
class Base:
    """An opened base."""

    folder: Path
    until: int
    """The last seq it holds."""
    zone: str
    columns: tuple[str, ...]
    """The promoted columns it holds."""
    files: tuple[ShardFile, ...]
    shards: tuple[Shard, ...]
    placement: npt.NDArray[np.int32]
    """Fragment to customer as of the build."""
    placement_file: str

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @cached_property
    def shelves(self) -> Shelves:
        """Where its shards lie in memory: as long as it is there, they are."""

        def find_all(arrays: Iterator[npt.NDArray[Any]], kind: npt.DTypeLike) -> npt.NDArray[np.int64]:
            found = [*arrays]
            assert all(array.dtype == kind and array.flags.c_contiguous for array in found), "as shards are written"
            return np.array([array.__array_interface__["data"][0] for array in found], np.int64)

        return Shelves(
            np.array([file.first for file in self.files], np.int32),
            np.array([len(shard.customers) for shard in self.shards], np.int64),
            find_all((shard.customers for shard in self.shards), np.int32),
            find_all((shard.offsets for shard in self.shards), np.int64),
            find_all((shard.columns["fragment"] for shard in self.shards), np.int32),
            find_all((shard.columns["time"] for shard in self.shards), np.int64),
        )

    def link(self, folder: Path) -> None:
        """The same base in another, empty folder: its files get second names there, which outlive the first."""
        names = [self.placement_file, *(name for file in self.files for name in file.sizes)]
        for name in names:
            link_file(self.folder / name, folder / name)
        place = folder / self.placement_file
        manifest = describe_base(self.until, self.zone, self.columns, place, self.files)
        (folder / "manifest.json").write_text(json.dumps(manifest))


def open_base(folder: Path) -> Base | None:
    """The base in this folder, or None if there is none, it is torn, or another version wrote it: rebuild it then."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if manifest.get("format") != FORMAT:
        return None
    files = tuple(ShardFile(**entry) for entry in manifest["shards"])
    sizes = {name: size for file in files for name, size in file.sizes.items()} | manifest["placement"]
    if any(not (folder / name).exists() or (folder / name).stat().st_size != size for name, size in sizes.items()):
        return None
    (placement,) = manifest["placement"]
    return Base(
        folder,
        manifest["until"],
        manifest["zone"],
        tuple(manifest["columns"]),
        files,
        tuple(map_file(folder, file) for file in files),
        np.load(folder / placement),
        placement,
    )


def map_file(folder: Path, file: ShardFile) -> Shard:
    return map_shard(folder / file.file, {column: folder / name for column, name in file.extra.items()})


def reserve_generation(folder: Path) -> int:
    """A number no other writer has, even one that has not written anything yet: what is mapped must never be written
    over. The mark goes with the next swap."""
    latest = max((int(p.name.split("-")[0][1:]) for p in folder.glob("g*-*")), default=0)
    while True:
        latest += 1
        try:
            (folder / f"g{latest}-begun").touch(exist_ok=False)
        except FileExistsError:
            continue
        return latest


class BaseWriter:
    """Writes new shard files of one generation, then swaps the manifest over to them."""

    def __init__(self, folder: Path, generation: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.generation = reserve_generation(folder) if generation is None else generation
        self._count = 0

    def write(self, shard: Shard) -> ShardFile:
        path = self.folder / f"g{self.generation}-{self._count}.arrow"
        self._count += 1
        write_shard(path, shard)
        sizes = {p.name: p.stat().st_size for p in (path, index_path(path))}
        return ShardFile(path.name, shard.rows, int(shard.customers[0]), sizes, {})

    def write_extra(self, file: ShardFile, columns: Mapping[str, pa.Array]) -> ShardFile:
        """The same shard with columns that were promoted after it was written."""
        extra, sizes = dict(file.extra), dict(file.sizes)
        for name, values in columns.items():
            path = self.folder / f"g{self.generation}-{file.file.removesuffix('.arrow')}.{name}"
            write_batch(path, pa.record_batch({name: values}))
            extra[name], sizes[path.name] = path.name, path.stat().st_size
        return ShardFile(file.file, file.rows, file.first, sizes, extra)

    def make_ready(
        self,
        files: Iterable[ShardFile],
        until: int,
        zone: str,
        columns: Iterable[str],
        placement: npt.NDArray[np.int32],
    ) -> Base:
        """These shards as a base that nothing names yet, its files on the disk and mapped."""
        place = self.folder / f"g{self.generation}-placement.npy"
        with place.open("wb") as opened:
            np.save(opened, placement)
            opened.flush()
            os.fsync(opened.fileno())
        files = tuple(files)
        shards = tuple(map_file(self.folder, file) for file in files)
        return Base(self.folder, until, zone, tuple(columns), files, shards, placement, place.name)


def swap(base: Base) -> list[Path]:
    """Let the manifest name this base; the files that nothing names any more, to be removed at leisure."""
    place = base.folder / base.placement_file
    manifest = describe_base(base.until, base.zone, base.columns, place, base.files)
    replace_file(base.folder / "manifest.json", json.dumps(manifest))
    named = {name for file in base.files for name in file.sizes} | {base.placement_file}
    return [path for path in base.folder.glob("g*-*") if path.name not in named]


def remove(files: Iterable[Path]) -> None:
    """Still mapped elsewhere? The mapping keeps its pages."""
    for path in files:
        path.unlink(missing_ok=True)


def describe_base(
    until: int, zone: str, columns: Iterable[str], placement: Path, files: Iterable[ShardFile]
) -> dict[str, Any]:
    """The manifest."""
    return {
        "format": FORMAT,
        "until": until,
        "zone": zone,
        "columns": list(columns),
        "placement": {placement.name: placement.stat().st_size},
        "shards": [describe(file) for file in files],
    }


def describe(file: ShardFile) -> dict[str, Any]:
    return {
        "file": file.file,
        "rows": file.rows,
        "first": file.first,
        "sizes": dict(file.sizes),
        "extra": dict(file.extra),
    }


def link_file(source: Path, target: Path) -> None:
    """A second name for a file; a copy where the disk knows none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def replace_file(path: Path, text: str) -> None:
    """Write beside, fsync, rename, fsync the folder: readers see the old text or the new one."""
    beside = path.with_suffix(".new")
    with beside.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def cut_shards(batches: Iterable[pa.RecordBatch], zone: str, rows: int = SHARD_ROWS) -> Iterator[Shard]:
    """Shards from rows sorted by (customer, time, event_id): cut at the first new customer past ``rows`` rows."""
    pending: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        pending.append(batch)
        held += batch.num_rows
        if held < rows + batch.num_rows:
            continue
        table = pa.Table.from_batches(pending)
        customer = table.column("customer").combine_chunks().to_numpy()
        boundary = int(np.searchsorted(customer, customer[-1], side="left"))
        if boundary:
            yield make_shard(table.slice(0, boundary), zone)
            pending = table.slice(boundary).to_batches()
            held = table.num_rows - boundary
    if held:
        yield make_shard(pa.Table.from_batches(pending), zone)


def make_shard(table: pa.Table, zone: str) -> Shard:
    columns, lists = read_columns(table, zone)
    customers, offsets = index_rows(np.asarray(table.column("customer").combine_chunks().to_numpy()))
    return Shard(customers, offsets, columns, lists)


def index_rows(customer: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Customers and offsets of rows sorted by customer."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(customer)) + 1]) if len(customer) else np.zeros(0, np.int64)
    return customer[starts].astype(np.int32), np.concatenate([starts, [len(customer)]]).astype(np.int64)


def split_shard(shard: Shard, rows: int = SHARD_ROWS) -> Iterator[Shard]:
    """The shard itself, or its halves and so on while it has twice the rows and more than one customer."""
    if shard.rows < 2 * rows or len(shard.customers) < 2:
        yield shard
        return
    middle = int(np.searchsorted(shard.offsets, shard.rows // 2))
    middle = min(max(middle, 1), len(shard.customers) - 1)
    yield from split_shard(shard.cut(0, middle), rows)
    yield from split_shard(shard.cut(middle, len(shard.customers)), rows)
