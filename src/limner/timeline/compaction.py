"""Compaction: the tail merged into the shards on disk, by reading only, so that others go on meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limner.ports.log import Progress
from limner.timeline.base import Base, BaseWriter, ShardFile, split_shard
from limner.timeline.view import View


@dataclass(frozen=True, slots=True)
class Compacted:
    """Shard files that nothing names yet."""

    base: Base
    """What they take the place of."""
    view: View
    until: int
    writer: BaseWriter
    files: tuple[ShardFile, ...]


@dataclass(frozen=True, slots=True)
class Compaction:
    base: Base
    view: View
    """All rows up to ``until``, as they stood when it began."""
    until: int
    writer: BaseWriter

    def rewritten(self) -> frozenset[int]:
        """The places of the shards somebody in was touched."""
        firsts = [file.first for file in self.base.files]
        places = np.searchsorted(firsts, self.view.touched, "right") - 1
        return frozenset(np.maximum(np.unique(places), 0).tolist())

    def run(self, progress: Progress) -> Compacted:
        """Rewrite those shards; the others stay as they are."""
        files: list[ShardFile] = []
        ranges = [*(file.first for file in self.base.files), np.iinfo(np.int32).max]
        ranges[0] = 0
        rewritten, customers = self.rewritten(), self.view.customers
        for place, file in enumerate(self.base.files):
            if place not in rewritten:
                files.append(file)
                continue
            first, last = np.searchsorted(customers, [ranges[place], ranges[place + 1]])
            if first < last:
                shard = self.view.gather(customers[first:last])
                files.extend(self.writer.write(part) for part in split_shard(shard))
            progress("compact", place + 1, len(self.base.files))
        return Compacted(self.base, self.view, self.until, self.writer, tuple(files))
