"""Everybody folded, from a moment nobody changes: at the start, at local midnight, when tags change.

It takes seconds, and needs no lock. Who was touched meanwhile is noted, and folded again before its state takes the
place of the one that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from limner.fold.due import NEVER, Edges, find_edges, lower_to_tags, next_due, next_for_all
from limner.fold.places import Places, look_up
from limner.fold.portrait import find_inputs
from limner.fold.standing import Standing, find_places
from limner.model.column import Folded
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

    def __init__(self, look: Look, heavies: Heavies) -> None:
        self._look = look
        self._heavies = heavies
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
        prospects = Prospects(find_edges(moment.plan), moment, look.as_of, self._heavies)
        slices = prospects.watch(moment.view.slices())
        folded = fold_everybody(parts, moment, look.as_of, progress, slices=slices)
        places = find_places(folded.customers)
        due, ahead = prospects.of(folded, places)
        written = [tag.name for tag in moment.plan.derived if isinstance(tag.definition, Dated)]
        rewritten = parts.dated.next_change(written, look.as_of)
        self.state = State(
            look.tags,
            look.revisions,
            moment,
            prospects.edges,
            Standing(folded, due, places),
            ahead,
            min(next_for_all(prospects.edges, look.as_of, parts.zone), rewritten),
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
class Prospects:
    """When each customer is due, and who is heavy: found while everybody's timelines pass by to be folded."""

    edges: Edges
    moment: Moment
    as_of: int
    heavies: Heavies
    _found: list[tuple[Numbers, npt.NDArray[np.int64]]] = field(default_factory=list)

    def watch(self, slices: Iterable[Slice]) -> Iterator[Slice]:
        """The same slices."""
        for part in slices:
            self.heavies.note(part.customers, part.customers, np.diff(part.offsets), self.as_of)
            self._found.append((part.customers, next_due(self.edges, self.moment.plan, part, self.as_of)))
            yield part

    def of(self, folded: Folded, places: Places) -> tuple[npt.NDArray[np.int64], dict[int, int]]:
        """When each of the folded customers is due, and the customers that are not there yet."""
        due = np.full(len(folded.customers), NEVER, np.int64)
        ahead: dict[int, int] = {}
        for customers, found in self._found:
            rows = look_up(places, customers)
            there = rows >= 0
            if np.all(there):
                due[rows] = found
            else:
                due[rows[there]] = found[there]
                ahead |= note_ahead(customers[~there], found[~there])
        lower_to_tags(self.edges, folded.columns, folded.as_of, self.moment.plan.vocabulary.zone, due)
        return due, ahead


def note_ahead(customers: Numbers, due: npt.NDArray[np.int64]) -> dict[int, int]:
    return dict(zip(customers.tolist(), due.tolist(), strict=True))
