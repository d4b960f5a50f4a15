"""The past as models see it: `limner.learn.contract.Study` over timelines, cut by both clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from limner.fold.fold import fold_present
from limner.fold.plan import Plan, build_plan
from limner.fold.population import Population
from limner.learn.contract import Dates
from limner.learn.features import with_all_inputs
from limner.model.column import Folded
from limner.model.tag import Tag
from limner.model.timeline import Slice, Vocabulary
from limner.pipeline import fold_view, weigh_view
from limner.ports.log import Progress
from limner.timeline.residence import Residence
from limner.timeline.view import View

Numbers = npt.NDArray[np.int32]
EARLIEST = 0.01
"""Of customers, the share whose first events are earlier than what is taken for the beginning of the data: a clock
that was wrong is not history."""


@dataclass(frozen=True, slots=True)
class Then:
    """Who was who at an instant, and what else was known by it."""

    placement: Numbers
    """Fragment to customer; -1 = not known yet."""
    seed: Population
    """See `limner.pipeline.Seed`."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Where data begins and ends. µs UTC."""

    first: int
    last: int


@dataclass(slots=True)
class FoldedStudy:
    view: View
    plan: Plan
    """Of all that may be asked."""
    asks: Sequence[Tag]
    thens: Mapping[int, Then]
    """By instant."""
    later: Mapping[int, Population]
    """The same of an instant, under the links of now."""
    root: Numbers
    """Whom each customer of then is now."""
    dates: Dates
    first: int
    last: int
    seq: int
    """Of the last row of the log that is in it."""
    zone: str
    census: Path
    threads: int
    progress: Progress
    only: Numbers | None = None
    """Customers nobody else is looked at beside; None = everybody."""

    def of_one(self, customer: int) -> FoldedStudy:
        """The same of one customer."""
        return replace(self, only=np.array([customer], np.int32))

    def then(self, tags: Sequence[Tag], as_of: int) -> Folded:
        then = self.thens.get(as_of)
        if then is None:
            assert as_of == self.last, "what was known at any other instant must be asked for beforehand (Kind.dates)"
            return self.until(tags, as_of)
        view = replace(self.view, placement=then.placement, residence=Residence(then.placement))
        return self._fold(view, tags, as_of, then.seed, as_of)

    def until(self, tags: Sequence[Tag], as_of: int) -> Folded:
        before = [instant for instant in self.later if instant <= as_of]
        first = self.later[max(before, default=min(self.later))]
        return self._fold(self.view, tags, as_of, first if before else replace(first, dated={}), None)

    def called_now(self, customers: Numbers, as_of: int) -> Numbers:
        return self.root[customers] if as_of in self.thens else customers

    def vocabulary(self) -> Vocabulary:
        return self.plan.vocabulary

    def slices(self) -> Iterable[Slice]:
        return self.view.slices() if self.only is None else [self.view.slice_of(self.only)]

    def tell(self, what: str, done: int, total: int) -> None:
        self.progress(what, done, total)

    def _fold(self, view: View, tags: Sequence[Tag], as_of: int, known: Population, known_at: int | None) -> Folded:
        plan = build_plan(with_all_inputs(tags, self.plan.tags), self.plan.vocabulary, self.plan.types)

        def seed(instant: int) -> Population:
            return replace(known, as_of=instant)

        if self.only is not None:
            population = weigh_view(view, plan, self.census, self.threads, as_of, known_at, seed)
            return fold_present(plan, view.slice_of(self.only), as_of, known_at, population)
        return fold_view(view, plan, self.census, self.threads, as_of, unheard, seed, known_at)


def unheard(what: str, done: int, total: int) -> None:
    """A fold is a step of something larger, which is told of."""


def find_ends(view: View, until: int) -> Ends:
    """Of the events up to an instant; without any, that instant twice."""
    firsts, last = [np.zeros(0, np.int64)], -1
    for part in view.slices():
        times, offsets = part.columns["time"].astype(np.int64, copy=False), part.offsets
        begins = times[offsets[:-1]]
        firsts.append(begins[begins <= until])
        latest = int(times[offsets[1:] - 1].max(initial=-1))
        last = max(last, latest if latest <= until else int(times[times <= until].max(initial=-1)))
    found = np.concatenate(firsts)
    if not len(found):
        return Ends(until, until)
    return Ends(int(np.quantile(found, EARLIEST, method="lower")), last)
