"""The timelines of a workspace: a base on disk, a bounded tail, and the decision when to fold one into the other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.ports.log import Log, Progress
from limner.timeline.base import Base, BaseWriter, ShardFile, cut_shards, open_base, split_shard
from limner.timeline.gather import settle_shard, take_lists
from limner.timeline.shard import Shard, read_arrays, read_columns, write_lists
from limner.timeline.view import View

TAIL_ROWS = 50_000
"""A longer tail is compacted into the base before anything is folded."""
REBUILD_SHARE = 0.3
"""A tail of more than this share of the base costs less as a rebuild: one sort instead of many merges."""

Numbers = npt.NDArray[np.int32]


class Timelines:
    """Derived from the log and rebuilt from it whenever the files do not hold together."""

    def __init__(self, folder: Path, log: Log, zone: str) -> None:
        self._folder = folder
        self._log = log
        self._zone = zone
        self._base: Base | None = open_base(folder)

    def refresh(self, placement: Numbers, progress: Progress) -> None:
        """Bring the base up: build it when there is none, add promoted columns, compact a long tail."""
        base, until = self._base, self._log.watermark()
        if base is None or base.zone != self._zone:
            if until:
                self._base = self._build(placement, until, progress)
            return
        waiting = until - base.until
        if waiting > max(TAIL_ROWS, int(REBUILD_SHARE * base.rows)):
            self._base = self._build(placement, until, progress)
            return
        self._base = self._add_columns(base, progress)
        if waiting > TAIL_ROWS:
            self.compact(placement, progress)

    def view(self, placement: Numbers) -> View:
        """Everybody under this graph, up to the log's watermark."""
        vocabulary = self._log.vocabulary()
        grains = {column.name: column.grain for column in vocabulary.columns.values() if column.grain}
        tail = self._read_tail(self._log.watermark(), vocabulary.sources)
        return View(self._base, tail, placement, grains, self._log.event_keys)

    def compact(self, placement: Numbers, progress: Progress) -> None:
        """Rewrite the shards somebody in was touched, under the graph as it is now; the tail is empty afterwards."""
        base, until = self._base, self._log.watermark()
        if base is None or not base.files:
            self._base = self._build(placement, until, progress)
            return
        tail = self._read_tail(until, self._log.vocabulary().sources)
        view = View(base, tail, placement, {}, self._log.event_keys)
        writer = BaseWriter(self._folder)
        files: list[ShardFile] = []
        ranges = [*(file.first for file in base.files), np.iinfo(np.int32).max]
        ranges[0] = 0
        touched = view.touched
        for place, file in enumerate(base.files):
            low, high = np.searchsorted(touched, [ranges[place], ranges[place + 1]])
            if low == high:
                files.append(file)
                continue
            first, last = np.searchsorted(view.customers, [ranges[place], ranges[place + 1]])
            if first < last:
                shard = view.gather(view.customers[first:last])
                files.extend(writer.write(part) for part in split_shard(shard))
            progress("compact", place + 1, len(base.files))
        self._base = writer.swap(files, until, self._zone, base.columns, placement)

    def forget(self) -> None:
        """The files are gone: start from the log again."""
        self._base = None

    def rebuild(self, placement: Numbers, progress: Progress) -> None:
        """From the log alone, whatever is on disk."""
        self._base = self._build(placement, self._log.watermark(), progress)

    def _build(self, placement: Numbers, until: int, progress: Progress) -> Base:
        shown = np.flatnonzero(placement >= 0)
        table = pa.table({"fragment": pa.array(shown, pa.int32()), "customer": pa.array(placement[shown], pa.int32())})
        columns = self._promoted_names()
        writer = BaseWriter(self._folder)
        rows = self._log.sorted_rows(table, until)
        written: list[Future[ShardFile]] = []
        done = 0
        with ThreadPoolExecutor(1) as pool:  # one shard goes to disk while the log sorts the next
            for shard in cut_shards(rows.batches, self._zone):
                settled = shard if rows.settled else settle_shard(shard, self._log.event_keys)
                if len(written) >= 2:
                    written[-2].result()
                written.append(pool.submit(writer.write, settled))
                done += shard.rows
                progress("build", done, until)
        files = [one.result() for one in written]
        progress("build", until, until)
        return writer.swap(files, until, self._zone, columns, placement)

    def _promoted_names(self) -> list[str]:
        return [column.name for column in self._log.vocabulary().columns.values()]

    def _add_columns(self, base: Base, progress: Progress) -> Base:
        """Give every shard the columns promoted since it was written, by seq."""
        missing = [name for name in self._promoted_names() if name not in base.columns]
        if not missing:
            return base
        rows = self._log.tail(0, base.until).select(["seq", *missing])
        columns, lists = read_arrays(rows)
        place = np.full(base.until + 1, -1, np.int64)
        place[columns.pop("seq").astype(np.int64)] = np.arange(rows.num_rows)
        writer = BaseWriter(self._folder)
        files = []
        for count, (file, shard) in enumerate(zip(base.files, base.shards, strict=True)):
            order = place[shard.columns["seq"].astype(np.int64)]
            extra = {name: pa.array(array[order]) for name, array in columns.items()}
            extra |= {name: write_lists(take_lists(column, order)) for name, column in lists.items()}
            files.append(writer.write_extra(file, extra))
            progress("promote", count + 1, len(base.files))
        return writer.swap(files, base.until, base.zone, [*base.columns, *missing], base.placement)

    def _read_tail(self, until: int, sources: Sequence[str]) -> Shard:
        after = self._base.until if self._base is not None else 0
        rows = self._log.tail(after, until)
        keys = rows.select(["time", "event_id"]).append_column(
            "by", pa.array(sources, pa.string()).take(rows["source"])
        )
        order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
        columns, lists = read_columns(rows.take(order), self._zone)
        customers = np.zeros(1 if rows.num_rows else 0, np.int32)
        return Shard(customers, np.unique(np.array([0, rows.num_rows], np.int64)), columns, lists)
