"""When events happened, and to whom: for the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Passed:
    """Some events that lie on a timeline, in no order."""

    time: npt.NDArray[np.int64]
    """µs UTC."""
    fragment: npt.NDArray[np.int32]


class Times(Protocol):
    def generation(self) -> int:
        """Changes when what was read no longer holds (somebody was erased)."""
        ...

    def passed(self, after: int, until: int) -> Iterator[Passed]:
        """The rows of seq ``after`` + 1 to ``until``, some hundred thousand at once."""
        ...


class Names(Protocol):
    """All identifiers, by how they begin."""

    def beginning(self, starts: list[str], type: str | None, limit: int) -> list[int]:
        """Nodes of identifiers that begin with one of ``starts``, ``limit`` at most, in the order of their letters;
        only those of the type unless None."""
        ...
