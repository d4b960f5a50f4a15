"""The runs that wrote dated columns: who wrote what when. The columns themselves are files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limner.model.run import Run
from limner.ports.catalog import AuditEntry


class Runs(Protocol):
    def runs(self) -> list[Run]:
        """All runs, in the order they were added."""
        ...

    def add_run(self, run: Run, audit: Sequence[AuditEntry] = ()) -> Run:
        """Keep a run and write the audit, all or nothing; the run with its id, greater than any before."""
        ...
