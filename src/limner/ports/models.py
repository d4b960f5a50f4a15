"""The registry of models: which versions were fitted, what is known of each, which one was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from limner.ports.catalog import AuditEntry


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One that was fitted. Only its card and its publication change."""

    name: str
    version: int
    """1, 2, ...; 0 = not kept yet."""
    kind: str
    fitted_at: int
    """µs UTC, as all instants here."""
    author: str
    seq: int
    """The watermark: rows of the log up to it were seen."""
    digest: str
    """Of the declaration it was fitted by."""
    sha256: str
    """Of its files."""
    card: Mapping[str, Any]
    """As `limner.learn.card` writes it."""
    published_at: int | None = None
    """When it last wrote its tags; None = never."""


class Models(Protocol):
    def versions(self, name: str | None = None) -> list[ModelVersion]:
        """Of one model or of all, by name, oldest first."""
        ...

    def add_version(self, version: ModelVersion, audit: Sequence[AuditEntry] = ()) -> ModelVersion:
        """Keep a version and write the audit, all or nothing; it with its number, greater than any before of its
        name."""
        ...

    def put_version(self, version: ModelVersion, audit: Sequence[AuditEntry] = ()) -> None:
        """Change the card and the publication of a version that is kept, and write the audit, all or nothing."""
        ...
