"""The timelines of a workspace: a base on disk, a bounded tail, and the decision when to fold one into the other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.ports.log import Log, Progress
from limner.timeline.base import Base, BaseWriter, ShardFile, cut_shards, open_base, remove, swap
from limner.timeline.compaction import Compacted, Compaction
from limner.timeline.gather import settle_shard, take_lists
from limner.timeline.leaving import let_go
from limner.timeline.residence import Residence
from limner.timeline.roster import list_once
from limner.timeline.shard import read_arrays, write_lists
from limner.timeline.tail import Keys, Tail
from limner.timeline.view import View

TAIL_ROWS = 50_000
"""A tail of more rows is compacted into the base."""
PATIENCE = 4
TAIL_SHARE = 0.05
"""Where somebody compacts beside, and the tail stands in memory for good, only one that is so many times as long, and
longer than this share of the base: each compaction starts a process, and rewrites what many rows are in."""
FAR = 4
"""What should be done beside is done at once when the tail is so many times too long."""
MOST_TOUCHED = 1_000_000
"""Customers noted as touched, some more than once; where nobody asks there would be ever more."""
REBUILD_SHARE = 0.3
"""A tail of more than this share of the base costs less as a rebuild: one sort instead of many merges."""

SPREAD = 0.5
"""Rewriting more than this share of the shards costs more than a rebuild: to gather a row takes twice as long."""

Numbers = npt.NDArray[np.int32]


class Timelines:
    """Derived from the log and rebuilt from it whenever the files do not hold together."""

    def __init__(self, folder: Path, log: Log, zone: str) -> None:
        self._folder = folder
        self._log = log
        self._zone = zone
        self._base: Base | None = open_base(folder)
        self._tail = Tail(self._base.until if self._base is not None else 0)
        self._residence: Residence | None = None
        self._touched: list[Numbers] | None = None
        self.patient = False
        """Somebody compacts beside: `refresh` does so itself only when the tail is far too long."""

    def refresh(self, placement: Numbers, until: int, progress: Progress) -> None:
        """Bring everything up to the seq ``until``: build a base where there is none, add promoted columns, compact a
        long tail, read what is new. ``placement`` must know all fragments of these rows."""
        base = self._base
        if base is None or base.zone != self._zone or self._waits_too_long(base, until):
            self._residence, self._touched = Residence(placement), []
            if until:
                self._build(placement, until, progress)
                self._touched = None
            return
        anew = self._add_columns(base, progress)
        if self._residence is None or not self._tail.has(self._promoted_names()):
            self._residence, anew = Residence(placement), True
            self._tail = Tail(base.until)
        touched = [self._residence.follow(placement)]
        if until > self._tail.until:
            rows = self._log.tail(self._tail.until, until)
            self._tail.extend(rows, until, self._zone)
            touched.append(placement[rows.column("fragment").to_numpy()])
        if self.is_long(FAR if self.patient else 1):
            self.compact(placement, progress)
        if anew:
            self._touched = None
        elif self._touched is not None:
            self._touched += touched
            if sum(map(len, self._touched)) > MOST_TOUCHED:
                self._touched = None

    def take_touched(self) -> Numbers | None:
        """The customers, old numbers and new, whose timelines changed since this was last asked; None = anybody's."""
        touched, self._touched = self._touched, []
        if touched is None:
            return None
        return list_once(np.concatenate([np.zeros(0, np.int32), *touched]))

    def _waits_too_long(self, base: Base, until: int) -> bool:
        """Are so many rows not in the base that it is better made anew? A compaction beside has its chance before."""
        times = FAR if self.patient and base.files else 1
        return until - base.until > times * self._most_waiting(base, REBUILD_SHARE)

    def _most_waiting(self, base: Base, share: float) -> int:
        return max(TAIL_ROWS * (PATIENCE if self.patient and base.files else 1), int(share * base.rows))

    def view(self, placement: Numbers) -> View:
        """Everybody under this graph, up to where the last `refresh` went; ``placement`` may be of another moment."""
        vocabulary = self._log.vocabulary()
        grains = {column.name: column.grain for column in vocabulary.columns.values() if column.grain}
        residence = self._residence
        if residence is None or residence.placement is not placement:
            residence = Residence(placement)
        keys = Keys(self._tail, vocabulary.sources, self._log.event_keys)
        return View(self._base, self._tail, self._tail.shard(), placement, grains, keys, residence)

    def waiting(self, until: int) -> int:
        """Rows up to the seq ``until`` that stand in no file yet."""
        return until - (self._base.until if self._base is not None else 0)

    def sample(self, placement: Numbers, customers: Numbers, until: int) -> View:
        """These customers alone, their rows read from the log: where the files are not made yet, a part of the work."""
        mine = np.where(np.isin(placement, customers), placement, np.int32(-1))
        tail = Tail(0)
        tail.extend(self._log.tail(0, until, np.flatnonzero(mine >= 0).tolist()), until, self._zone)
        vocabulary = self._log.vocabulary()
        grains = {column.name: column.grain for column in vocabulary.columns.values() if column.grain}
        keys = Keys(tail, vocabulary.sources, self._log.event_keys)
        return View(None, tail, tail.shard(), mine, grains, keys, Residence(mine))

    def is_long(self, times: int = 1) -> bool:
        """Is the tail longer than it should be, by so many times?"""
        base, share = self._base, TAIL_SHARE if self.patient else 0.0
        return base is not None and self._tail.until - base.until > times * self._most_waiting(base, share)

    def compact(self, placement: Numbers, progress: Progress) -> None:
        """Rewrite the shards somebody in was touched, under the graph as it is now; the tail is empty afterwards."""
        if self._base is None or not self._base.files:
            self._build(placement, self._tail.until, progress)
            return
        compaction = self.begin_compaction(placement)
        if len(compaction.rewritten()) > SPREAD * len(self._base.files):
            self._build(placement, self._tail.until, progress)
        else:
            remove(self.adopt(compaction.make_ready(compaction.run(progress))))

    def begin_compaction(self, placement: Numbers) -> Compaction:
        """The work of `compact`, to be run while others go on with these timelines, and then to be adopted."""
        assert self._base is not None, "there is something to compact into"
        view = replace(self.view(placement), grains={})
        return Compaction(self._base, view, self._tail.until, BaseWriter(self._folder))

    def adopt(self, compacted: Compacted) -> Sequence[Path]:
        """Go on with what was compacted, unless the base was written anew meanwhile. The tail keeps what is newer.

        The files that nothing names any more: gigabytes, whose removal need not keep others waiting.
        """
        if compacted.before is not self._base:
            return ()
        strays, self._base = swap(compacted.base), compacted.base
        self._tail = self._tail.since(compacted.base.until)
        let_go(compacted.before)
        return strays

    def forget(self) -> None:
        """The files are gone: start from the log again."""
        self._base, self._tail, self._residence, self._touched = None, Tail(0), None, None

    def rebuild(self, placement: Numbers, progress: Progress) -> None:
        """From the log alone, whatever is on disk."""
        self._build(placement, self._tail.until, progress)

    def _build(self, placement: Numbers, until: int, progress: Progress) -> None:
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
        self._go_on(writer.make_ready(files, until, self._zone, columns, placement))
        self._tail = Tail(until)

    def _go_on(self, base: Base) -> None:
        before, self._base = self._base, base
        remove(swap(base))
        if before is not None:
            let_go(before)

    def _promoted_names(self) -> list[str]:
        return [column.name for column in self._log.vocabulary().columns.values()]

    def _add_columns(self, base: Base, progress: Progress) -> bool:
        """Give every shard the columns promoted since it was written, by seq; were there any?"""
        missing = [name for name in self._promoted_names() if name not in base.columns]
        if not missing:
            return False
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
        self._go_on(writer.make_ready(files, base.until, base.zone, [*base.columns, *missing], base.placement))
        return True
