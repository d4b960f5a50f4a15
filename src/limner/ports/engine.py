"""Where a full fold runs: in this process, or on a cluster. Same plan, same kernels, same bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limner.model.column import Folded
from limner.model.tag import Tag


class Engine(Protocol):
    def fold(self, tags: Sequence[Tag], as_of: int, known_at: int | None = None) -> Folded:
        """Fold every customer up to ``as_of`` (µs UTC). Customers ascend; columns are those of ``tags``."""
        ...
