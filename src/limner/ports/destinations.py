"""Destinations: other systems that are told what becomes different about customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from limner.ports.catalog import AuditEntry


class Shape(StrEnum):
    """What a destination understands."""

    STANDARD = "standard"
    """Standard Webhooks: a signed message for each kind of change."""
    SEGMENT = "segment"
    """Segment's HTTP API: ``identify`` with traits, ``Audience Entered`` and ``Audience Exited``."""
    SEGMENT_IDENTIFY = "segment_identify"
    """The same with an ``identify`` for each tag and each audience, whose trait is true or false."""

    @property
    def is_segments(self) -> bool:
        """Does it speak Segment's protocol, with a write key?"""
        return self is not Shape.STANDARD


@dataclass(frozen=True, slots=True)
class Destination:
    name: str
    url: str
    """Of Segment's shapes the API's host, to which ``/v1/batch`` is added."""
    shape: Shape
    secret: str
    """Sealed: what messages are signed with, or the write key."""
    tags: tuple[str, ...]
    """Names of the tags it hears of,"""
    audiences: tuple[str, ...]
    """and of the audiences."""
    allow_private: bool
    """May its address lie in a private network? Only administrators say so."""
    created_at: int
    """Microseconds UTC, as all instants here."""
    disabled_at: int | None = None


class Destinations(Protocol):
    def destinations(self) -> list[Destination]:
        """All, disabled ones too, in the order they were first made."""
        ...

    def put_destination(self, destination: Destination, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new one, or change all of the one with this name, and write the audit, all or nothing."""
        ...
