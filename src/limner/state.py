"""What the live state is: everybody's tag columns, and what they were folded with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from limner.fold.due import NEVER, Edges
from limner.fold.evidence import Grounds
from limner.fold.plan import Plan
from limner.fold.population import Population
from limner.fold.standing import Standing
from limner.model.change import Mark
from limner.model.clock import local_midnight
from limner.model.column import Folded
from limner.model.tag import Tag
from limner.parts import Parts
from limner.pipeline import Moment, find_population, ground
from limner.watch.heavy import Heavies


@dataclass(slots=True)
class State:
    """Columns, and what they were folded with."""

    tags: Sequence[Tag]
    """As given, without those of audiences."""
    revisions: tuple[int, int]
    """Of the item table, and of what runs wrote."""
    moment: Moment
    edges: Edges
    standing: Standing
    ahead: dict[int, int]
    """Customers whose first event is yet to come, and when that is."""
    all_due: int
    """When everybody is due."""
    inputs: Mapping[str, Sequence[str]]
    """The tags that each tag reads."""
    heavies: Heavies
    next_due: int = 0
    """When the first of all is."""
    known: tuple[Moment, int, Population | None] | None = None
    """What folds may know of everybody else: at a moment, on the day that a midnight began."""
    whole: bool = True
    """Are all rows of its instant? Not when everybody is due, and folded beside."""

    @property
    def mark(self) -> Mark:
        return Mark(self.moment.seq, self.standing.as_of)

    def latest(self, instant: int) -> int:
        """The last instant up to this one at which the columns are what a fold gives."""
        return max(self.standing.as_of, min(instant, self.next_due - 1))

    def is_due(self, customer: int, instant: int) -> bool:
        """May the customer's values differ by then though nothing came in?"""
        row = self.standing.row_of(customer)
        return (self.standing.due_of(row) if row >= 0 else self.ahead.get(customer, NEVER)) <= instant

    def settle(self, as_of: int) -> None:
        """All that was due by then is done."""
        self.standing.as_of = as_of
        self.next_due = min(self.all_due, self.standing.first_due, *self.ahead.values())


def renew(state: State, moment: Moment, edges: Edges) -> None:
    """Go on with a later moment, whose dictionaries may have more words. ``edges``: of its plan."""
    if moment.plan is not state.moment.plan:
        state.edges = edges
        shapes = moment.plan.shapes
        state.standing.renew({name: shape.dictionary for name, shape in shapes.items() if shape.dictionary})
    state.moment = moment
    state.known = None  # else the timelines of the moment before, and files nobody names any more, are kept for it


def ground_standing(parts: Parts, state: State, customer: int, as_of: int, most: int | None = None) -> Grounds | None:
    """What the values of the customer rest on; None where it has more than ``most`` events."""
    part = state.moment.view.slice_of_one(customer)
    if most is not None and part.offsets[-1] > most:
        return None
    return ground(parts, state.moment.plan, part, as_of, None, know_population(parts, state, as_of))


def take_held(state: State, names: Sequence[str]) -> Folded | None:
    """The rows of those who are blocked, which folding them at this instant does not give; None where nobody is."""
    customers = np.array(sorted(state.heavies.blocked), np.int32)
    rows = state.standing.find(customers)
    return state.standing.take(rows[rows >= 0], names) if np.any(rows >= 0) else None


def know_population(parts: Parts, state: State, as_of: int) -> Population | None:
    """`find_population`, which reads files, once for each moment and day: as long as a state stands, no run begins or
    ends."""
    midnight, known = local_midnight(as_of, parts.zone), state.known
    if known is None or known[0] is not state.moment or known[1] != midnight:
        known = state.known = state.moment, midnight, find_population(parts, state.moment, as_of, None)
    return known[2]


def is_alike(before: Plan, now: Plan) -> bool:
    """Do rows folded by one plan stand well beside those of the other? Not if tags changed, or if a property they read
    turned out to be a text, or was never seen before."""
    if before is now:
        return True
    return before.tags == now.tags and before.kinds == now.kinds and before.vocabulary.columns == now.vocabulary.columns


def find_lasting(before: Plan, now: Plan, names: Sequence[str]) -> list[str]:
    """Those of the tags that are defined as they were and have values of the same kind."""
    earlier = {tag.name: tag for tag in before.tags}
    defined = [tag.name for tag in now.tags if tag.name in names and earlier.get(tag.name) == tag]
    return [
        name
        for name in defined
        if (before.shapes[name].type, before.shapes[name].scale) == (now.shapes[name].type, now.shapes[name].scale)
    ]
