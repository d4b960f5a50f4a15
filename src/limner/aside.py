"""Columns of behaviour that rules ask for inline, kept for a while beside the live state: whoever puts a rule together
asks again with every change, and nearly always for the same behaviour with another bound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from limner.full_fold import FullFold, Look, Numbers
from limner.identity.one_id import OneId
from limner.live import Live
from limner.model.clock import now
from limner.model.column import TagColumn
from limner.model.tag import Tag
from limner.parts import Parts
from limner.pipeline import Moment, prepare
from limner.ports.log import Progress
from limner.timeline.gathering import Gatherings
from limner.timeline.residence import find_moves
from limner.timeline.roster import find_differences, list_once
from limner.watch.heavy import Heavies

KEPT = 4
"""Behaviours at once: each takes some 30 bytes a customer."""
IDLE = 600.0
"""Seconds after which one that nobody asked for is dropped, when another is asked for or timelines are compacted: it
keeps those it was folded from."""
FEW_ROWS = 200_000
"""Of the log: when it has gained more, everybody is folded again."""
UNBOUNDED = 1 << 62
NOBODY = np.zeros(0, np.int32)


class Aside(Live):
    """One behaviour of everybody, brought up when somebody asks: those are folded who were touched since, or are due.

    Nobody hears of its changes, and nobody is held back for having many events.
    """

    def __init__(self, parts: Parts, one_id: OneId, tag: Tag, gatherings: Gatherings) -> None:
        super().__init__(parts, one_id)
        self.tag = tag
        self._gatherings = gatherings
        self.beginning = Lock()
        """Of whoever has everybody folded: others who ask for the same wait."""
        self.asked_at = time.monotonic()

    def bring(self, progress: Progress) -> None:
        """To this instant. The caller holds the workspace's lock."""
        if self.full is not None or self.has_news([self.tag], now()):
            self.tick([self.tag], (), (), now(), progress)

    def begin(self) -> FullFold | None:
        """The same, but for a fold of everybody, which whoever calls runs without the lock and then adopts."""
        if self.full is not None or self.has_news([self.tag], now()):
            self.tick_beside([self.tag], (), (), now())
        return self.full

    def finish(self, full: FullFold) -> None:
        """What was run takes its place, or another is begun."""
        self.adopt(full, self.look_again([self.tag], (), (), now()))

    def column_of(self, customers: Numbers) -> TagColumn | None:
        """Aligned with these customers; None where one of them is not there."""
        assert self.state is not None, "it was brought up"
        standing = self.state.standing
        column = standing.folded.columns[self.tag.name]
        if standing.size == len(customers) and not len(find_differences(standing.customers, customers)):
            return column
        rows = standing.find(customers)
        return None if np.any(rows < 0) else column.take(rows)

    def _see(self, tags: Sequence[Tag], before: Moment | None, progress: Progress) -> tuple[Moment, Numbers | None]:
        if self.full is not None and self.full.moment.seq == self._parts.log.watermark():
            return self.full.moment, NOBODY  # nothing came in while everybody was folded
        moment = prepare(self._parts, self._one_id, (), progress, before=before, once=tags)
        return moment, None if before is None else find_touched(self._parts, before, moment)

    def _begin_full(self, look: Look) -> FullFold:
        moment = replace(look.moment, view=replace(look.moment.view, gatherings=self._gatherings))
        return FullFold(replace(look, moment=moment), Heavies(UNBOUNDED, UNBOUNDED), by_row=False)


class Asides:
    """The last that were asked for. The caller holds the workspace's lock."""

    def __init__(self) -> None:
        self._kept: dict[str, Aside] = {}
        self._gatherings = Gatherings()
        """Shared by all: the next that is asked for need not gather again."""

    def find(self, tag: Tag) -> Aside | None:
        return self._kept.get(tag.name)

    def open(self, parts: Parts, one_id: OneId, tag: Tag) -> Aside:
        """There is one for it from now on, in the place of one that was not asked for of late."""
        aside = self._kept.pop(tag.name, None) or Aside(parts, one_id, tag, self._gatherings)
        aside.asked_at = time.monotonic()
        self.drop_idle()
        self._kept = dict([*self._kept.items()][-KEPT + 1 :]) | {tag.name: aside}
        return aside

    def drop_idle(self) -> None:
        """Those that nobody asked for of late."""
        at = time.monotonic()
        self._kept = {name: each for name, each in self._kept.items() if at - each.asked_at < IDLE}
        if not self._kept:
            self._gatherings.forget()

    def drop(self, aside: Aside) -> None:
        if self._kept.get(aside.tag.name) is aside:
            del self._kept[aside.tag.name]

    def forget(self) -> None:
        self._kept.clear()
        self._gatherings.forget()


def find_touched(parts: Parts, before: Moment, moment: Moment) -> Numbers | None:
    """Customers, old numbers and new, whose timelines may not be as they were; None = anybody's."""
    if moment.seq - before.seq > FEW_ROWS:
        return None
    placement = moment.view.placement
    _, changed = find_moves(before.view.placement, placement)
    fragments = moment.view.fragments_since(before.seq)
    if fragments is None:
        fragments = parts.log.tail(before.seq, moment.seq).column("fragment").to_numpy()
    return list_once(np.concatenate([changed, placement[fragments]]))
