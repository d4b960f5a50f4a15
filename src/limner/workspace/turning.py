"""A heavy customer's turn: it is folded while ticks and reads go on, and only its row is put in place between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limner.again import Again, fold_one_again
from limner.fold.changes import find_changes
from limner.fold.due import NEVER
from limner.model.change import Changed
from limner.parts import Parts
from limner.pipeline import Moment
from limner.state import State, is_alike


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose it is, and what it is folded from: nobody changes that meanwhile."""

    customer: int
    state: State
    moment: Moment
    as_of: int


def begin_turn(state: State, instant: int) -> Turn | None:
    """The turn of the customer that has waited longest, if there is one by now. The caller holds the lock."""
    as_of = state.latest(instant)
    customer = state.heavies.begin(as_of)
    return None if customer is None else Turn(customer, state, state.moment, as_of)


def take_turn(parts: Parts, turn: Turn) -> Again:
    """The long part of it. The caller need not hold anything."""
    return fold_one_again(parts, turn.moment, turn.state.edges, turn.customer, turn.as_of)


def end_turn(turn: Turn, turned: Again | None, state: State | None, names: Sequence[str], zone: str) -> list[Changed]:
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
    behind = heavies.end(customer, int(turned.sizes.sum()), turn.as_of)
    changes = find_changes(standing, turned.folded, np.zeros(0, np.int32), names, zone)
    standing.put(turned.folded, np.full(1, NEVER) if behind else turned.due)
    turn.state.settle(standing.as_of)
    return changes
