"""A courier with everything it works with but customers: what tests put into the outbox, it tells."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limner.adapters.catalog import open_catalog
from limner.adapters.http.post import HttpPost, Timeouts
from limner.adapters.outbox import OutboxFile, SqliteDeliveries, SqliteOutbox
from limner.engage.courier import Courier, Desk
from limner.engage.destinations import DestinationRing
from limner.engage.patience import Patience
from limner.engage.wishes import Wish
from limner.govern.seal import Seal
from limner.model.change import Changed, Mark
from limner.model.clock import now

IMPATIENT = Patience(first=0.02, longest=0.2, rest=0.2)
QUICK = Timeouts(connect=1.0, answer=0.5)


class Office:
    def __init__(self, folder: Path, patience: Patience = IMPATIENT) -> None:
        self.catalog = open_catalog(folder / "catalog.sqlite")
        self.file = OutboxFile(folder / "outbox.sqlite")
        self.outbox, self.deliveries = SqliteOutbox(self.file), SqliteDeliveries(self.file)
        seal = Seal(folder / "webhooks.key")
        self.ring = DestinationRing(self.catalog, self.deliveries, self.outbox, seal, "Asia/Shanghai")
        desk = Desk(self.ring, self.outbox, self.outbox, self.deliveries, self._identify, "Asia/Shanghai")
        self.courier = Courier(desk, lambda: HttpPost(QUICK), patience)

    def _identify(self, customers: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        return {customer: [("user_id", f"u{customer}")] for customer in customers}

    def add(self, name: str, url: str, **more: Any) -> str:
        """A destination of the tag n and the audience vip; its secret."""
        wish = Wish(name, url, **{"tags": ["n"], "audiences": ["vip"], "allow_private": True, **more})
        shown = self.ring.add(wish, ["n"], ["vip"])
        self.courier.look()
        return str(shown.secret)

    def change(self, customers: Sequence[int], value: int = 1, as_of: int | None = None) -> int:
        """A change of each of these customers; the last position."""
        changes = [Changed(customer, {"n": (None, value)}) for customer in customers]
        return self.outbox.add(changes, Mark(value, now() if as_of is None else as_of))

    def shown(self, name: str) -> dict[str, Any]:
        return next(each.as_dict() for each in self.ring.list_destinations() if each.destination.name == name)

    def wait(self, name: str, seconds: float = 20, **wanted: Any) -> dict[str, Any]:
        """Until a destination is shown so."""
        give_up = time.monotonic() + seconds
        while True:
            shown = self.shown(name)
            if all(shown[field] == value for field, value in wanted.items()):
                return shown
            assert time.monotonic() < give_up, shown
            time.sleep(0.01)

    def close(self) -> None:
        self.courier.stop()
        self.file.close()
        self.catalog.close()
