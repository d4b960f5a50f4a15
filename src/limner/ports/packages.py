"""Packages: audiences as files that are taken away, where they are brought, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from limner.model.dump import digest_state
from limner.ports.catalog import AuditEntry


@dataclass(frozen=True, slots=True)
class StoredPackage:
    name: str
    definition: Mapping[str, Any]
    """The canonical form of `limner.audiences.package.Package`."""
    secret: str | None
    """Of its target, sealed."""
    author: str
    saved_at: int
    """µs UTC, as all instants here."""

    @property
    def state(self) -> str:
        """Another one with every save."""
        return digest_state([dict(self.definition), self.author, self.saved_at])


class Status(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One package on its way: of one snapshot, or of what changed since another."""

    package: str
    snapshot: int
    since: int | None
    made_at: int
    status: Status = Status.WAITING
    tries: int = 0
    rows: int | None = None
    file: str | None = None
    """The name it is brought under."""
    sha256: str | None = None
    next_at: int | None = None
    """When it is tried next."""
    done_at: int | None = None
    reason: str = ""
    """Why the last try failed."""
    id: int = 0
    """Given by the store."""


class Packages(Protocol):
    def packages(self) -> list[StoredPackage]:
        """All, in the order they were first saved."""
        ...

    def put_package(self, package: StoredPackage, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new one, or change all of the one with this name, and write the audit, all or nothing."""
        ...

    def drop_package(self, name: str, audit: Sequence[AuditEntry] = ()) -> None:
        """Forget it with its deliveries, and write the audit, all or nothing."""
        ...

    def package_deliveries(
        self, package: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[Delivery]:
        """Of one package or of all, newest first; ``before``: only those with smaller ids."""
        ...

    def put_delivery(self, delivery: Delivery, audit: Sequence[AuditEntry] = ()) -> Delivery:
        """Keep a new one (id 0), or change all of the one with this id, with the audit; it comes back with its id."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file ready to be brought."""

    name: str
    path: Path
    media_type: str
    key: str
    """The same however often it is brought."""
    incremental: bool
    """Whether its rows say what was added and removed, in the column ``change``."""


class Target(Protocol):
    def put(self, parcel: Parcel) -> None:
        """Bring it there, whole or not at all; brought again, it is there once. Raises Unavailable when that may work
        later, DataError when it never will."""
        ...


class Targets(Protocol):
    """What leads outside."""

    def check(self, settings: Mapping[str, Any]) -> None:
        """Raises DataError or MissingExtra for what can never be brought to."""
        ...

    def open(self, settings: Mapping[str, Any], secret: str | None) -> Target: ...

    def write_sheet(self, pieces: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, made_at: int) -> None:
        """An Excel file; texts stay texts. Raises DataError for more rows than Excel holds."""
        ...
