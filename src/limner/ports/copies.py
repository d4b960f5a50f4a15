"""Copies of what a workspace keeps for good, made while it is in use: what a backup is put together from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from limner.ports.journal import Delivery
from limner.ports.log import Progress


@dataclass(frozen=True, slots=True)
class CopiedLog:
    """What a copy of the log holds."""

    seq: int
    events: int
    """Its rows without the decisions people made."""


class Copies(Protocol):
    """Every copy is one file or folder that stands by itself. Unavailable: it cannot be made now."""

    def tables(self, folder: Path) -> None:
        """The catalog, and whatever else is kept as it is, each as it is at one instant, into this folder."""
        ...

    def log(self, target: Path, still: Callable[[], None], progress: Progress) -> CopiedLog:
        """The log as it is at one instant, at which ``still`` is called: nothing is stored until that returns."""
        ...

    def journal(self, target: Path, deliveries: Sequence[Delivery]) -> None:
        """A journal of its own with these deliveries, of which none is consumed."""
        ...
