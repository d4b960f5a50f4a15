"""Compaction: the tail merged into the shards on disk, by reading only, so that others go on meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from limner.ports.log import Progress
from limner.timeline.base import Base, BaseWriter, ShardFile, split_shard
from limner.timeline.view import View


@dataclass(frozen=True, slots=True)
class Compacted:
    """A base that nothing names yet."""

    before: Base
    """What it takes the place of."""
    base: Base


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

    def run(self, progress: Progress) -> tuple[ShardFile, ...]:
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
        return tuple(files)

    def make_ready(self, files: Iterable[ShardFile]) -> Compacted:
        """What there is to adopt, once these files are written. FileNotFoundError: all was made anew meanwhile, and
        they were removed with the rest."""
        before = self.base
        made = self.writer.make_ready(files, self.until, before.zone, before.columns, self.view.placement)
        return Compacted(before, made)
