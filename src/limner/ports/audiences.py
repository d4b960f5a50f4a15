"""Registered audiences: named conditions whose members are followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limner.model.audience import Audience
from limner.ports.catalog import AuditEntry


class Audiences(Protocol):
    def audiences(self) -> list[Audience]:
        """All, in the order they were first saved. `DefinitionError` on a rule beyond this version's language."""
        ...

    def put_audience(self, audience: Audience, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new one, or change all of the one with this name, and write the audit, all or nothing."""
        ...

    def drop_audience(self, name: str, audit: Sequence[AuditEntry] = ()) -> None:
        """Forget it and write the audit, all or nothing; of an unknown name only the audit is new."""
        ...
