"""`ports.copies.Copies` of an embedded workspace: DuckDB's file, SQLite's, and the journal's folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from limner.adapters.catalog.copying import copy_sqlite
from limner.adapters.duckdb.copying import copy_log
from limner.adapters.duckdb.file import LogFile
from limner.adapters.journal.file import FileJournal
from limner.ports.copies import CopiedLog
from limner.ports.journal import Delivery
from limner.ports.log import Progress

TABLES = ("catalog.sqlite", "outbox.sqlite")
"""SQLite files of a workspace."""


@dataclass(frozen=True, slots=True)
class FileCopies:
    file: LogFile
    folder: Path
    """The workspace's."""

    def tables(self, folder: Path) -> None:
        for name in TABLES:
            copy_sqlite(self.folder / name, folder / name)

    def log(self, target: Path, still: Callable[[], None], progress: Progress) -> CopiedLog:
        return copy_log(self.file, target, still, progress)

    def journal(self, target: Path, deliveries: Sequence[Delivery]) -> None:
        copy = FileJournal(target)
        try:
            copy.write(deliveries)
        finally:
            copy.close()
