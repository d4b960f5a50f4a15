"""The embedded engine: everybody folded in this process, slice by slice. Also what every engine has in common."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from limner.errors import DataError
from limner.fold.census import asks_anything, asks_for_lift, take_census
from limner.fold.claims import asks_for_trust, find_claims, learn_from, plan_of_claims
from limner.fold.concat import Numbers, concat
from limner.fold.fold import fold_those, weigh
from limner.fold.plan import Plan, Seen, build_plan
from limner.fold.population import Population
from limner.fold.quantiles import find_bounds
from limner.model.clock import local_midnight
from limner.model.column import Folded
from limner.model.reliability import UNCONFIGURED, Reliabilities
from limner.model.stretch import Mask, Stretch, whole
from limner.model.tag import Tag
from limner.model.timeline import Slice, Vocabulary

T = TypeVar("T")
ReadSlices = Callable[[int | None], Iterable[Slice]]
"""Everybody's timelines, each customer once, under the links known at an instant (None = all links)."""
Weigh = Callable[[int, int | None], Population]
"""Makes the population's summary of an instant (as_of, known_at)."""
Notice = Callable[[Slice, Mask | None, Mask, Folded], None]
"""Finds out what else is in a slice's timelines, when they have been folded: those of customers who are meant (None =
all), and of these, of those who are there."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """`ports.engine.Engine` over whatever gives slices."""

    vocabulary: Vocabulary
    seen: Seen
    slices: ReadSlices
    priors: Reliabilities = UNCONFIGURED
    """How far sources are believed to begin with."""
    census: Path | None = None
    """Folder of the dated population summaries; None = one is made for each fold that asks."""
    threads: int = 1

    def fold(self, tags: Sequence[Tag], as_of: int, known_at: int | None = None) -> Folded:
        plan = build_plan(tags, self.vocabulary, self.seen)

        def weigh_all(instant: int, known: int | None) -> Population:
            begun = Population(instant, priors=self.priors)
            return summarise(plan, lambda: self.slices(known), begun, known, self.threads)

        population = find_population(self.census, plan, as_of, known_at, self.priors, weigh_all)
        stretches = map(whole, self.slices(known_at))
        return fold_stretches(plan, stretches, as_of, known_at, population, threads=self.threads)


def notice_nothing(part: Slice, kept: Mask | None, there: Mask, folded: Folded) -> None:
    """Nothing else is asked."""


def fold_stretches(
    plan: Plan,
    stretches: Iterable[Stretch],
    as_of: int,
    known_at: int | None = None,
    population: Population | None = None,
    *,
    everybody: Numbers | None = None,
    threads: int = 1,
    progress: Callable[[int], None] = lambda done: None,
    notice: Notice = notice_nothing,
) -> Folded:
    """All customers of the stretches that exist by then, ascending; the threads that fold them read them.

    ``everybody``: all customers there may be, if known, so that memory is taken once. ``progress`` is told how many are
    done. ``notice`` is called by the threads that fold.
    """

    def fold_part(part: Slice, kept: Mask | None, threads: int) -> tuple[int, Folded]:
        folded, there = fold_those(plan, part, as_of, known_at, population, kept, threads=threads)
        notice(part, kept, there, folded)
        return len(part) if kept is None else int(np.count_nonzero(kept)), folded

    def work(stretch: Stretch, threads: int) -> tuple[int, Folded]:
        part, kept = stretch.read(), stretch.kept
        try:
            done, folded = fold_part(part, kept, threads)
        except DataError:  # of one, perhaps, who is not meant
            if kept is None:
                raise
            done, folded = fold_part(stretch.read_kept(), None, threads)
        beside = [work(other, threads) for other in stretch.others()]
        if beside:
            folded = concat([folded, *(other for _, other in beside)])
        return done + sum(size for size, _ in beside), folded

    def fold_all() -> Iterator[Folded]:
        done = 0
        for size, folded in map_stretches(work, chain(first, stretches), threads):
            yield folded
            done += size
            progress(done)

    stretches = iter(stretches)
    first = list(islice(stretches, 1))
    return concat(fold_all(), everybody) if first else work(whole(empty_slice()), 1)[1]


def map_stretches(work: Callable[[Stretch, int], T], stretches: Iterator[Stretch], threads: int) -> Iterator[T]:
    """What comes of each, in order. Many are folded side by side, a thread each; few, one after the other with all
    threads at work inside."""
    first = list(islice(stretches, 2 * threads))
    if threads == 1 or len(first) < 2 * threads:
        for stretch in chain(first, stretches):
            yield work(stretch, threads)
        return
    with ThreadPoolExecutor(threads, "fold") as pool:
        waiting = deque(pool.submit(work, stretch, 1) for stretch in first)
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(work, stretch, 1) for stretch in islice(stretches, 1))


def summarise(
    plan: Plan,
    slices: Callable[[], Iterable[Slice]],
    population: Population,
    known_at: int | None,
    threads: int,
) -> Population:
    """The population's summary of the instant of ``population``, which has what is known without a summary: what runs
    had written by then, how far sources are believed to begin with."""

    def fold_all(tags: Sequence[Tag], population: Population) -> Folded:
        part = build_plan(tags, plan.vocabulary, plan.types)
        return fold_stretches(part, map(whole, slices()), population.as_of, known_at, population, threads=threads)

    if asks_for_lift(plan):
        weighed = weigh(plan, slices(), population.as_of, known_at, threads=threads)
        population = replace(population, weights=weighed.weights)
    if asks_for_trust(plan):
        part = plan_of_claims(plan)
        said = (find_claims(part, slice, population.as_of, known_at) for slice in slices())
        population = replace(population, trust=learn_from(part, said, population.priors, population.as_of))
    return find_bounds(plan, population, fold_all)


def find_population(
    census: Path | None, plan: Plan, as_of: int, known_at: int | None, priors: Reliabilities, weigh_all: Weigh
) -> Population | None:
    """What folds may know of everybody else at ``as_of``: the summary of the midnight that began its day.

    A question about what was known at some past instant gets a summary of its own, by what was known then.
    """
    if not asks_anything(plan):
        return None
    if known_at is None and census is not None:
        return take_census(census, plan, as_of, priors, lambda instant: weigh_all(instant, None))
    return weigh_all(local_midnight(as_of, plan.vocabulary.zone), known_at)


def empty_slice() -> Slice:
    """Nobody: a fold of it has every column, with no rows."""
    types = {"time": np.int64, "received_at": np.int64, "day": np.int32, "hour": np.int8}
    types |= {"name": np.int32, "source": np.int16, "seq": np.int64}
    columns = {name: np.zeros(0, kind) for name, kind in types.items()}
    return Slice(np.zeros(0, np.int32), np.zeros(1, np.int64), columns)
