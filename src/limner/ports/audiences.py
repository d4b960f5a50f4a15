"""Registered audiences: named conditions whose members are followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limner.model.audience import Audience, AudienceVersion
from limner.ports.catalog import AuditEntry


class Audiences(Protocol):
    def audiences(self) -> list[Audience]:
        """All, in the order they were first saved. `DefinitionError` on a rule beyond this version's language."""
        ...

    def put_audience(self, audience: Audience, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new one, or change all of the one with this name, and write the audit, all or nothing. Its rule is
        kept for good as this version, unless there is one of that number."""
        ...

    def audience_versions(self, name: str) -> list[AudienceVersion]:
        """All rules an audience of this name ever had, oldest first, those of dropped ones too."""
        ...

    def drop_audience(self, name: str, audit: Sequence[AuditEntry] = ()) -> None:
        """Forget it and write the audit, all or nothing; of an unknown name only the audit is new."""
        ...
