"""The catalog: what people decided. Keys, the audit trail, a few settings; tags are in `limner.ports.registry`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, when and why."""

    at: int
    """Microseconds UTC."""
    who: str
    action: str
    """``tag.publish``, ``tag.retire``, ``customer.erase`` ..."""
    subject: str
    """The tag's name, the key's id ..."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key somebody was given once. Only the digest of its secret is kept."""

    id: str
    name: str
    role: str
    """A `limner.govern.roles.Role`; one this version does not know may do nothing."""
    digest: str
    """SHA-256 of the secret in hexadecimal: 256 random bits need no salt."""
    created_at: int
    """Microseconds UTC, as all instants here."""
    disabled_at: int | None = None
    source: str | None = None
    """Of a write key: the source its events get. None for all others."""
    rate: float | None = None
    """Events (of a write key) or requests per second; None = no limit."""
    previous_digest: str | None = None
    """Of the secret before the last rotation,"""
    previous_until: int | None = None
    """which works until then."""


class Catalog(Protocol):
    def revision(self) -> int | None:
        """Another one after every commit that changed the catalog; None where that is not known."""
        ...

    def record(self, entry: AuditEntry) -> None:
        """Write one audit row."""
        ...

    def audit(self, subject: str | None = None, limit: int = 100) -> list[AuditEntry]:
        """Audit rows, newest first, of one subject or of all."""
        ...

    def audit_page(
        self, subject: str | None, who: str | None, before: int | None, limit: int
    ) -> list[tuple[int, AuditEntry]]:
        """The same with their numbers, which grow: those below ``before``."""
        ...

    def setting(self, name: str) -> str | None:
        """A remembered text; None if nothing was remembered under that name."""
        ...

    def remember(self, name: str, value: str) -> None:
        """Keep a small text under a name, in place of what was there."""
        ...


class Keys(Protocol):
    def keys(self) -> list[ApiKey]:
        """All keys, disabled ones too, in the order they were made."""
        ...

    def put_key(self, key: ApiKey, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new key, or change everything but ``created_at`` of the one with this id, and write the audit.

        All or nothing. Raises `Conflict` on another key's digest.
        """
        ...
