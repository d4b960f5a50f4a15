"""A heavy customer's turn: it is folded while ticks and reads go on, and only its row is put in place between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.fold.due import NEVER, lower_to_tags, next_due
from limner.fold.fold import fold
from limner.fold.presence import count_events, drop_absent
from limner.live import State, find_changes, is_alike
from limner.model.change import Changed
from limner.model.column import Folded
from limner.model.timeline import Slice
from limner.parts import Parts
from limner.pipeline import Moment, find_population


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose it is, and what it is folded from: nobody changes that meanwhile."""

    customer: int
    state: State
    moment: Moment
    as_of: int


@dataclass(frozen=True, slots=True)
class Turned:
    part: Slice
    folded: Folded
    due: npt.NDArray[np.int64]


def begin_turn(state: State, instant: int) -> Turn | None:
    """The turn of the customer that has waited longest, if there is one by now. The caller holds the lock."""
    as_of = state.latest(instant)
    customer = state.heavies.begin(as_of)
    return None if customer is None else Turn(customer, state, state.moment, as_of)


def take_turn(parts: Parts, turn: Turn) -> Turned:
    """The long part of it. The caller need not hold anything."""
    plan, edges = turn.moment.plan, turn.state.edges
    part = turn.moment.view.slice_of(np.array([turn.customer], np.int32))
    population = find_population(parts, turn.moment, turn.as_of, None)
    due, counts = next_due(edges, plan, part, turn.as_of), count_events(part, turn.as_of)
    folded = drop_absent(fold(plan, part, turn.as_of, None, population), counts)
    due = due[counts > 0]
    lower_to_tags(edges, folded.columns, turn.as_of, parts.zone, due)
    return Turned(part, folded, due)


def end_turn(turn: Turn, turned: Turned | None, state: State | None, names: Sequence[str], zone: str) -> list[Changed]:
    """Put the row in place, if it still stands well beside the others; what that changes in these columns. The caller
    holds the lock. ``turned``: None = it could not be folded."""
    heavies, standing, customer = turn.state.heavies, turn.state.standing, turn.customer
    fits = (
        turned is not None
        and state is turn.state
        and is_alike(turn.moment.plan, state.moment.plan)
        and state.moment.snapshot.graph.peopled[customer]
        and customer not in heavies.blocked
        and len(turned.folded.customers) > 0
    )
    if not fits or turned is None:
        heavies.give_up(customer)
        return []
    behind = heavies.end(customer, int(turned.part.offsets[-1]), turn.as_of)
    changes = find_changes(standing, turned.folded, np.zeros(0, np.int32), names, zone)
    standing.put(turned.folded, np.full(1, NEVER) if behind else turned.due)
    turn.state.settle(standing.as_of)
    return changes
