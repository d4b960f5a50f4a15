"""Everybody folded, from a moment nobody changes: at the start, at local midnight, when tags change.

It takes seconds, and needs no lock. Who was touched meanwhile is noted, and folded again before its state takes the
place of the one that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from limner.fold.due import NEVER, Edges, Instants, find_edges, is_over, look_ahead, next_for_all
from limner.fold.plan import Plan
from limner.fold.portrait import find_inputs
from limner.fold.standing import Standing
from limner.model.column import Folded
from limner.model.stretch import Mask
from limner.model.tag import Dated, Tag
from limner.model.timeline import Slice
from limner.parts import Parts
from limner.pipeline import Moment, fold_everybody
from limner.ports.log import Progress
from limner.state import State, is_alike
from limner.watch.heavy import Heavies

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Look:
    """What a tick begins with: the log as it stands, and what is different since the last look."""

    tags: Sequence[Tag]
    """Without those of audiences."""
    names: Sequence[str]
    """Columns whose changes are wanted."""
    revisions: tuple[int, int]
    moment: Moment
    touched: Numbers | None
    """Customers whose timelines changed; None = anybody's."""
    as_of: int


class FullFold:
    """One that is begun. `run` needs no lock; whoever calls the rest holds the workspace's."""

    def __init__(self, look: Look, heavies: Heavies, by_row: bool = True) -> None:
        """``by_row``: single rows of it are to be looked up at once."""
        self._look = look
        self._heavies = heavies
        self._by_row = by_row
        self._touched: list[Numbers] = []
        self._fits = True
        self.state: State | None = None
        """What it gave; None = it runs."""
        self.error: Exception | None = None
        """Why it came to nothing."""

    @property
    def moment(self) -> Moment:
        """What it folds."""
        return self._look.moment

    @property
    def as_of(self) -> int:
        """The instant it is at."""
        return self._look.as_of if self.state is None else self.state.standing.as_of

    def run(self, parts: Parts, progress: Progress) -> None:
        look, moment = self._look, self.moment
        watch = Watch(find_edges(moment.plan), moment.plan, self._heavies)
        folded = fold_everybody(parts, moment, look.as_of, progress, notice=watch.notice)
        standing = Standing(folded, watch.due_of(folded.customers))
        if self._by_row:
            standing.make_ready()
        written = [tag.name for tag in moment.plan.derived if isinstance(tag.definition, Dated)]
        rewritten = parts.dated.next_change(written, look.as_of)
        self.state = State(
            look.tags,
            look.revisions,
            moment,
            watch.edges,
            standing,
            watch.ahead,
            min(next_for_all(watch.edges, look.as_of, parts.zone), rewritten),
            find_inputs(moment.plan.tags),
            self._heavies,
        )
        self.state.settle(look.as_of)

    def note(self, look: Look) -> None:
        """Somebody looked meanwhile."""
        begun = self._look
        alike = is_alike(begun.moment.plan, look.moment.plan) and (begun.tags, begun.revisions) == (
            look.tags,
            look.revisions,
        )
        self._fits = self._fits and alike and look.touched is not None
        if look.touched is not None:
            self._touched.append(look.touched)

    def fits(self, look: Look) -> bool:
        """Would its rows stand well beside those of later looks?"""
        return self._fits and (self.state is None or look.as_of < self.state.all_due)

    def count_touched(self) -> int:
        """How many times somebody was, since `take_touched`."""
        return sum(map(len, self._touched))

    def take_touched(self) -> Numbers:
        """Who was touched since this was last asked."""
        touched, self._touched = self._touched, []
        return np.unique(np.concatenate([np.zeros(0, np.int32), *touched]))


@dataclass(slots=True)
class Watch:
    """When each customer is due, and who is heavy: found while everybody's timelines pass by to be folded, by several
    threads at once. What is noted is of the customers of one slice, and nobody is in two."""

    edges: Edges
    plan: Plan
    heavies: Heavies
    ahead: dict[int, int] = field(default_factory=dict)
    """The customers that are not there yet, and when they are due."""
    _soon: list[tuple[Numbers, Instants]] = field(default_factory=list)
    """Those who are, and are due before everybody is: few, most often."""

    def notice(self, part: Slice, kept: Mask | None, there: Mask, folded: Folded) -> None:
        if self.heavies.may_be_among(int(part.offsets[-1])):
            customers, sizes = part.customers, np.diff(part.offsets)
            if kept is not None:
                customers, sizes = customers[kept], sizes[kept]
            self.heavies.note(customers, customers, sizes, folded.as_of)
        if self.edges.are_everybodys and is_over(part, folded, kept):
            return
        due, ahead = look_ahead(self.edges, self.plan, part, folded, there, kept)
        self.ahead |= ahead
        soon = np.flatnonzero(due != NEVER)
        if len(soon):
            self._soon.append((folded.customers[soon], due[soon]))

    def due_of(self, customers: Numbers) -> Instants:
        """When each of these is due, who are all that were folded, ascending."""
        never = np.broadcast_to(np.int64(NEVER), len(customers))  # which takes no memory
        if not self._soon:
            return never
        due = never.copy()
        for some, instants in self._soon:
            due[np.searchsorted(customers, some)] = instants
        return due
