"""Verbs of whoever keeps it running."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Event
from typing import Any, cast

import numpy as np

from limner.audiences.shelf import Shelf
from limner.backup import Backup, write_backup
from limner.doctor import examine
from limner.errors import Unavailable
from limner.govern.keys import ShownKey
from limner.model.clock import now
from limner.model.references import folds_read, properties_read
from limner.parity.afresh import Words
from limner.parity.checking import SAMPLE, Grounds, Live, Parity, check_parity
from limner.parts import Parts
from limner.pipeline import find_population
from limner.ports.catalog import AuditEntry
from limner.ports.log import Progress
from limner.workspace.holding import Holding
from limner.workspace.opened import Instant, silent

PARCELS = "packages"
"""Folder of packages' files, as they were delivered last."""
SHOWN = 5
"""Heavy customers that the doctor names."""
PATIENCE = 300.0
"""Seconds a backup waits until the log has what came in before it."""


class Operating(Holding):
    """Keys, erasure, backups and health."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._closing = Event()
        self.parity: Parity | None = None
        """What the last `doctor_parity` found."""

    def close(self) -> None:
        """What reads the log's file for long is broken off."""
        self._closing.set()
        self.desk.close()
        super().close()

    def keys_list(self) -> list[ShownKey]:
        """All keys, disabled ones too; never their secrets."""
        return self.keys.list_keys()

    def keys_create(
        self, name: str, role: str = "write", source: str | None = None, rate: float | None = None, author: str = ""
    ) -> ShownKey:
        """A new key. Its secret is in the answer and nowhere else."""
        return self.keys.create(name, role, source, rate, author)

    def keys_rotate(self, id: str, at_once: bool = False, author: str = "", expected: str | None = None) -> ShownKey:
        """A new secret for a key; the old one works for another day unless ``at_once``. ``expected``: its ``state`` as
        the caller saw it; `Stale` when it is another."""
        return self.keys.rotate(id, at_once, author, expected)

    def keys_change(
        self,
        id: str,
        name: str | None = None,
        rate: float | None = None,
        unlimited: bool = False,
        author: str = "",
        expected: str | None = None,
    ) -> ShownKey:
        """Another name or rate for a key, or no limit when ``unlimited``; what is not given stays. ``expected`` as for
        `keys_rotate`."""
        return self.keys.change(id, name, rate, unlimited, author, expected)

    def keys_disable(self, id: str, author: str = "", expected: str | None = None) -> ShownKey:
        """End a key for good. ``expected`` as for `keys_rotate`."""
        return self.keys.disable(id, author, expected)

    def erase(self, key: str, author: str = "", progress: Progress = silent) -> dict[str, Any]:
        """Remove a person for good: log, rejects, dictionaries, timelines, columns. A replay is refused."""
        with self._same_file.alone(), self._settled():
            snapshot = self._one_id.refresh()
            number = snapshot.resolve(key)
            nodes = frozenset(snapshot.members(number))
            fragments = frozenset(np.flatnonzero(snapshot.graph.customer_of == number).tolist())
            for derived in ("columns", "timelines", "population"):
                shutil.rmtree(self.parts.folder / derived, ignore_errors=True)
            Shelf(self.parts.folder / "snapshots").forget(nodes)
            shutil.rmtree(self.parts.folder / PARCELS, ignore_errors=True)  # they can be made again, without the person
            self.parts.timelines.forget()
            self.parts.arrivals.forget()
            self.intake.forget()
            self.parts.dated.forget(nodes, snapshot.observations.identifiers(sorted(nodes)))
            self.parts.answers.forget()
            try:
                events = self.parts.erasure.erase(nodes, fragments)
                self.parts.deliveries.forget(nodes)
            finally:
                self._forget_derived()
            self.parts.catalog.record(AuditEntry(now(), author, "customer.erase", f"c{number}"))
        return {"customer_id": f"c{number}", "identifiers": len(nodes), "events": events}

    def backup(self, folder: str | Path, progress: Progress = silent) -> Backup:
        """Copy what cannot be made again into a new or empty folder, while everything goes on."""
        self.intake.settle(PATIENCE)
        with self._same_file:
            return write_backup(self.parts, Path(folder), self._while_open(progress))

    def doctor(self) -> dict[str, Any]:
        """Whether everything holds together, and how much there is."""
        with self._settled():
            report = examine(self.parts, self._one_id)
            held = self.heavy_list()
        if held:
            some = ", ".join(each.customer_id for each in held[:SHOWN])
            report["advice"].append(f"{len(held)} customers are blocked or have too many events to be followed: {some}")
        return report | {"heavy": held}

    def doctor_parity(self, sample: int = SAMPLE, as_of: Instant = None, progress: Progress = silent) -> Parity:
        """Whether the live state says of a sample of customers what the log says, tag by tag."""
        parts = self.parts
        grounds = Grounds(
            parts.audit, parts.rules, self._words, lambda instant: find_population(parts, self.moment(), instant, None)
        )
        with self._same_file:
            self.parity = check_parity(cast(Live, self), grounds, sample, as_of, self._while_open(progress))
        return self.parity

    def _while_open(self, progress: Progress) -> Progress:
        def tell(what: str, done: int, total: int) -> None:
            if self._closing.is_set():
                raise Unavailable("The workspace is being closed.", hint="Give the command again.")
            progress(what, done, total)

        return tell

    def _words(self) -> Words:
        tags = self.tags()
        read = {path for tag in tags for fold in folds_read(tag.definition) for path in properties_read(fold)}
        return Words(tuple(tags), self.parts.log.vocabulary(), self.parts.seen.look(sorted(read)).__getitem__)
