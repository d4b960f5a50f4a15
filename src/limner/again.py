"""Some customers folded again: what takes the place of their rows in the live state.

They may be many, with many events. So they are folded in lots, one per thread at a time: the timelines of one are
forgotten before that thread gathers those of the next, and memory does not grow with the events there are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.fold.due import Edges, look_ahead
from limner.fold.fold import fold_those
from limner.fold.population import Population
from limner.model.column import Folded
from limner.parts import Parts
from limner.pipeline import Moment, find_population
from limner.timeline.roster import is_among

Numbers = npt.NDArray[np.int32]
LOT_ROWS = 100_000
"""Events of a lot, unless one customer has more: some 10 MB while they are gathered and folded."""


@dataclass(frozen=True, slots=True)
class Again:
    """Some customers folded again."""

    customers: Numbers
    """All of them."""
    there: Numbers
    """Those of them who have events."""
    sizes: npt.NDArray[np.int64]
    """How many these have."""
    folded: Folded
    """Those who exist by then."""
    due: npt.NDArray[np.int64]
    """When each of these is due."""
    ahead: dict[int, int]
    """The others, and when they are."""
    gone: Numbers
    """All who do not exist by then."""


def fold_again(
    parts: Parts, moment: Moment, edges: Edges, customers: Numbers, as_of: int, known_at: int | None = None
) -> list[Again]:
    """These ascending customers at an instant, and when they are due after it."""
    population = find_population(parts, moment, as_of, known_at)
    lots = list(moment.view.lots_of(customers, LOT_ROWS))
    if len(lots) < 2 or parts.threads < 2:
        return [fold_lot(moment, edges, lot, as_of, known_at, population) for lot in lots]
    with ThreadPoolExecutor(parts.threads, "fold") as pool:
        return list(pool.map(lambda lot: fold_lot(moment, edges, lot, as_of, known_at, population), lots))


def fold_one_again(
    parts: Parts, moment: Moment, edges: Edges, customer: int, as_of: int, known_at: int | None = None
) -> Again:
    (again,) = fold_again(parts, moment, edges, np.array([customer], np.int32), as_of, known_at)
    return again


def fold_lot(
    moment: Moment, edges: Edges, customers: Numbers, as_of: int, known_at: int | None, population: Population | None
) -> Again:
    part = moment.view.slice_of(customers)
    folded, there = fold_those(moment.plan, part, as_of, known_at, population)
    due, ahead = look_ahead(edges, moment.plan, part, folded, there)
    gone = customers[~is_among(customers, folded.customers)]
    return Again(customers, part.customers, np.diff(part.offsets), folded, due, ahead, gone)
