"""Verbs of whoever keeps it running."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np

from limner.doctor import examine
from limner.govern.keys import ShownKey
from limner.identity.one_id import OneId
from limner.model.clock import now
from limner.ports.catalog import AuditEntry
from limner.ports.log import Progress
from limner.workspace.opened import Opened, silent


class Operating(Opened):
    """Keys, erasure and health."""

    def keys_list(self) -> list[ShownKey]:
        """All keys, disabled ones too; never their secrets."""
        return self.keys.list_keys()

    def keys_create(
        self, name: str, role: str = "write", source: str | None = None, rate: float | None = None, author: str = ""
    ) -> ShownKey:
        """A new key. Its secret is in the answer and nowhere else."""
        return self.keys.create(name, role, source, rate, author)

    def keys_rotate(self, id: str, at_once: bool = False, author: str = "") -> ShownKey:
        """A new secret for a key; the old one works for another day unless ``at_once``."""
        return self.keys.rotate(id, at_once, author)

    def keys_disable(self, id: str, author: str = "") -> ShownKey:
        """End a key for good."""
        return self.keys.disable(id, author)

    def erase(self, key: str, author: str = "", progress: Progress = silent) -> dict[str, Any]:
        """Remove a person for good: log, rejects, dictionaries, timelines, columns. A replay is refused."""
        with self._settled():
            snapshot = self._one_id.refresh()
            number = snapshot.resolve(key)
            nodes = frozenset(snapshot.members(number))
            fragments = frozenset(np.flatnonzero(snapshot.graph.customer_of == number).tolist())
            for derived in ("columns", "timelines", "population"):
                shutil.rmtree(self.parts.folder / derived, ignore_errors=True)
            self.parts.timelines.forget()
            self.parts.arrivals.forget()
            self.intake.forget()
            self._moment = self._stored = None
            events = self.parts.erasure.erase(nodes, fragments)
            self._one_id = OneId(self.parts.observations, self.parts.rules)
            self.parts.catalog.record(AuditEntry(now(), author, "customer.erase", f"c{number}"))
        return {"customer_id": f"c{number}", "identifiers": len(nodes), "events": events}

    def doctor(self) -> dict[str, Any]:
        """Whether everything holds together, and how much there is."""
        with self._settled():
            return examine(self.parts, self._one_id)
