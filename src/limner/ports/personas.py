"""Personas: how they were found, and the cards that tell of them, every version of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from limner.ports.catalog import AuditEntry


@dataclass(frozen=True, slots=True)
class PersonaFit:
    """One time types were sought."""

    document: Mapping[str, Any]
    """What they were sought in, how good they are, the rule of each."""
    author: str
    made_at: int
    """µs UTC, as all instants here."""
    number: int = 0
    """1, 2, ...; given by the store."""


@dataclass(frozen=True, slots=True)
class StoredCard:
    persona: str
    version: int
    """1, 2, ... per persona."""
    document: Mapping[str, Any]
    """`limner.learn.persona.card.Card.as_dict`."""
    author: str
    reason: str
    saved_at: int


class Personas(Protocol):
    def fits(self) -> list[PersonaFit]:
        """All, oldest first."""
        ...

    def add_fit(self, fit: PersonaFit, cards: Sequence[StoredCard], audit: Sequence[AuditEntry] = ()) -> PersonaFit:
        """Keep it with the cards it made and write the audit, all or nothing; it comes back with its number."""
        ...

    def add_card(self, card: StoredCard, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a version. Raises `Conflict` where the persona has that one already: somebody else was there first."""
        ...

    def card_versions(self, persona: str | None = None) -> list[StoredCard]:
        """All versions of one persona's card, or of all, oldest first."""
        ...
