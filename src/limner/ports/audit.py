"""The log read afresh: past everything that is remembered of it, promoted or derived from it. For checking those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.model.timeline import Column
from limner.ports.observations import Decision, Observed


@dataclass(frozen=True, slots=True)
class Tally:
    """What each fragment has in the log, as arrays over fragments."""

    seq: int
    """The last row counted."""
    events: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    """Time of its earliest event (µs UTC)."""
    last: npt.NDArray[np.int64]
    """seq of its latest row; 0 = it has none."""


class Audit(Protocol):
    def tally(self) -> Tally:
        """One pass over all rows."""
        ...

    def observed(self) -> Observed:
        """Everything seen, from the tables."""
        ...

    def decisions(self) -> list[Decision]:
        """In the order they were made."""
        ...

    def rows(self, fragments: Sequence[int], until: int, columns: Sequence[Column]) -> pa.Table:
        """These fragments' rows up to ``until``, by seq: seq, fragment, time, received_at, name and source (codes),
        event_id, source_name; and by name each of ``columns``, worked out from the JSON: numbers as they are stored,
        texts as words, lists for list grains."""
        ...
