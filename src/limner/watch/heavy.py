"""Customers with so many events that folding them at every event would keep everybody else waiting, and those an
operator has blocked.

A heavy one is folded now and then; in between its row stays as it is, and says of when. A blocked one's row is, for as
long as it is blocked, what a fold of what was known at that instant gives: nothing that comes in later changes it.
What is linked with it later counts from the next fold of everybody on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.model.clock import iso_time
from limner.model.portrait import Held

Numbers = npt.NDArray[np.int32]
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class HeavyCustomer:
    """One of them, as it is shown."""

    customer_id: str
    held: Held
    events: int | None
    """As last counted; None = it has been blocked since before it was."""
    as_of: str
    """The instant its portrait is of."""

    def as_dict(self) -> dict[str, Any]:
        """``customer_id, held, events, as_of``."""
        return {"customer_id": self.customer_id, "held": self.held, "events": self.events, "as_of": self.as_of}


class Heavies:
    """Who is folded less often than others, and when it was. Times are µs UTC."""

    def __init__(self, most: int, every: int) -> None:
        """Heavy is who has more than ``most`` events; it is folded once in ``every`` µs at most."""
        self._most, self._every = most, every
        self.events: dict[int, int] = {}
        """Of heavy customers, as of their last fold."""
        self.blocked: Mapping[int, int] = {}
        """Since when."""
        self._folded: dict[int, int] = {}
        self._behind: set[int] = set()
        self._told: dict[int, int] = {}
        """The last instant that was said of a row that was in line then."""
        self._turn: int | None = None

    def may_be_among(self, rows: int) -> bool:
        """May any of those who have so many events together be heavy, or have been?"""
        return rows > self._most or bool(self.events)

    def note(self, asked: Numbers, there: Numbers, sizes: npt.NDArray[np.int64], as_of: int) -> None:
        """The customers asked for have just been folded. Those who are ``there`` have so many events."""
        if self.events:
            known = np.array(list(self.events), np.int32)
            for customer in known[np.isin(known, asked)].tolist():
                del self.events[customer], self._folded[customer]
                self._told.pop(customer, None)
                self._behind.discard(customer)
        for place in np.flatnonzero(sizes > self._most).tolist():
            customer = int(there[place])
            self.events[customer], self._folded[customer] = int(sizes[place]), as_of

    def hold(
        self, chosen: Numbers, peopled: npt.NDArray[np.bool_], spared: Collection[int] = ()
    ) -> tuple[Numbers, Numbers]:
        """Of customers that should be folded: those that are to be, and the heavy ones, which wait for their turn
        unless they are ``spared``. ``peopled``: by customer, whether it has events at all."""
        if not self.events and not self.blocked:
            return chosen, chosen[:0]
        chosen = chosen[~np.isin(chosen, list(self.blocked))]
        waiting = np.isin(chosen, list(self.events.keys() - set(spared))) & peopled[chosen]
        self._behind.update(chosen[waiting].tolist())
        return chosen[~waiting], chosen[waiting]

    def begin(self, as_of: int) -> int | None:
        """The customer whose turn it is: the one that has waited longest, if that is long enough."""
        ready = [one for one in self._behind - self.blocked.keys() if self._folded[one] + self._every <= as_of]
        if self._turn is not None or not ready:
            return None
        self._turn = min(ready, key=lambda one: (self._folded[one], one))
        self._behind.remove(self._turn)
        return self._turn

    def end(self, customer: int, size: int, as_of: int) -> bool:
        """Its row is of ``as_of`` now; should it be folded again, because of what came in meanwhile?"""
        self._turn = None
        self.events[customer], self._folded[customer] = size, as_of
        return customer in self._behind

    def give_up(self, customer: int) -> None:
        """It was for nothing; the next turn comes."""
        self._turn = None
        if customer in self.events:
            self._behind.add(customer)

    def held(self, customer: int) -> Held | None:
        if customer in self.blocked:
            return "blocked"
        return "heavy" if customer in self.events else None

    def find_behind(self, customers: Collection[int]) -> Numbers:
        """Those of these that wait for their turn."""
        return np.array(sorted(self._behind & set(customers)), np.int32)

    def as_of(self, customer: int, instant: int) -> int:
        """The instant that a customer's row is of, when it is read at ``instant``. It never goes back: what came in
        since the last one that was said was not known then."""
        if customer in self.blocked:
            return self.blocked[customer]
        if customer in self._behind or customer == self._turn:
            return max(self._folded[customer], self._told.get(customer, 0))
        if customer in self.events:
            self._told[customer] = max(instant, self._told.get(customer, 0))
        return instant

    def show(self, instant: int, zone: str) -> list[HeavyCustomer]:
        """All of them, those with the most events first."""
        numbers = sorted({*self.events, *self.blocked}, key=lambda one: (-self.events.get(one, 0), one))
        return [
            HeavyCustomer(
                f"c{one}", self.held(one) or "heavy", self.events.get(one), iso_time(self.as_of(one, instant), zone)
            )
            for one in numbers
        ]


def find_blocked(nodes: Mapping[int, int], root: Numbers) -> dict[int, int]:
    """The customers some of whose identifiers are blocked, and since when. ``nodes``: since when each is."""
    found: dict[int, int] = {}
    for node, since in nodes.items():
        customer = int(root[node])
        found[customer] = min(since, found.get(customer, since))
    return found
