"""Webhooks: sources that post rows which they sign with a secret of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from limner.ports.catalog import AuditEntry


@dataclass(frozen=True, slots=True)
class Webhook:
    """There is one for a source."""

    source: str
    mapping: str
    """The mapping file's text."""
    rows: str | None
    """Dotted path to the list of rows in a body; None = the body is the list, or the one row."""
    secret: str
    """Sealed: signing needs it as it is, so a hash would not do."""
    created_at: int
    """Microseconds UTC, as all instants here."""
    disabled_at: int | None = None
    previous_secret: str | None = None
    """The one before the last rotation, sealed,"""
    previous_until: int | None = None
    """which works until then."""


class Webhooks(Protocol):
    def webhooks(self) -> list[Webhook]:
        """All, disabled ones too, in the order they were first made."""
        ...

    def put_webhook(self, webhook: Webhook, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new one, or change all of the one with this source, and write the audit, all or nothing."""
        ...
