"""Verbs about customers who are folded less often than others: heavy ones, and those an operator has blocked."""

from __future__ import annotations

from typing import Any

import numpy as np

from limner.errors import Conflict
from limner.identity.snapshot import Snapshot, customer_id
from limner.model.clock import iso_time, now
from limner.ports.observations import Decision
from limner.settings import HeavySettings
from limner.watch.heavy import SECOND, Heavies, HeavyCustomer, find_blocked
from limner.workspace.following import Following


class Holding(Following):
    """Whom the live state does not follow event by event."""

    def heavy_list(self) -> list[HeavyCustomer]:
        """Heavy and blocked customers, those with the most events first."""
        with self._settled():
            state = self._state_of_all()
            heavies = self._weigh() if state is None else state.heavies
            return heavies.show(now(), self.parts.zone)

    def held(self) -> list[int]:
        """Their numbers; nobody's where no live state is kept."""
        with self._lock:
            state = None if self._live is None else self._live.state
            return [] if state is None else sorted({*state.heavies.events, *state.heavies.blocked})

    def count_held(self) -> dict[str, int]:
        """How many are heavy and how many blocked, as of the last tick."""
        live = self._live
        if live is None or live.state is None:
            return {}
        heavies = live.state.heavies
        return {"heavy": len(heavies.events.keys() - heavies.blocked.keys()), "blocked": len(heavies.blocked)}

    def identity_block(self, key: str, author: str = "", reason: str = "") -> dict[str, Any]:
        """From now on a customer's events are kept and nothing more: its portrait stays as it is. Conflict when it is
        blocked already."""
        with self._settled():
            snapshot, blocked = self._find_blocked()
            number = snapshot.resolve(key)
            if number in blocked:
                raise Conflict(f"{customer_id(number)} is blocked since {iso_time(blocked[number], self.parts.zone)}.")
            node = snapshot.find(key)
            self.parts.observations.decide(Decision("block", (node,), (), author=author, reason=reason))
            since = self.parts.observations.blocks()[node]
        self.tick()
        return {"customer_id": customer_id(number), "blocked_at": iso_time(since, self.parts.zone)}

    def identity_unblock(self, key: str, author: str = "", reason: str = "") -> dict[str, Any]:
        """Follow it again, with all that came in meanwhile. Conflict when it is not blocked."""
        with self._settled():
            snapshot, blocked = self._find_blocked()
            number = snapshot.resolve(key)
            if number not in blocked:
                raise Conflict(f"{customer_id(number)} is not blocked.")
            nodes = [node for node in self.parts.observations.blocks() if snapshot.graph.root[node] == number]
            self.parts.observations.decide(Decision("unblock", tuple(nodes), (), author=author, reason=reason))
        self.tick()
        return {"customer_id": customer_id(number)}

    def _find_blocked(self) -> tuple[Snapshot, dict[int, int]]:
        snapshot = self._one_id.refresh()
        return snapshot, find_blocked(self.parts.observations.blocks(), snapshot.graph.root)

    def _weigh(self) -> Heavies:
        """The same where no live state is kept: nobody is behind."""
        bounds = HeavySettings.of_workspace(self.parts.folder)
        heavies = Heavies(bounds.events, bounds.every * SECOND)
        events = self.parts.audit.tally().events
        owner = self._one_id.refresh().graph.customer_of[: len(events)]
        sizes = np.zeros(int(owner.max(initial=-1)) + 1, np.int64)
        np.add.at(sizes, owner[owner >= 0], events[owner >= 0])
        heavies.events = {one: int(sizes[one]) for one in np.flatnonzero(sizes > bounds.events).tolist()}
        heavies.blocked = self._find_blocked()[1]
        return heavies
