"""What reading a file gives: chunks of events, and the report of an import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.ports.rejects import Reject

ITEM_BATCH = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("attributes", pa.string(), nullable=False),  # a JSON object
        pa.field("valid_from", pa.timestamp("us", tz="UTC")),  # null = always
    ]
)
"""Versions of items: each holds from ``valid_from`` until the next one of the same id."""


Refuse = Callable[[int, str], Reject]
"""The row of a chunk's event as a reject, for this reason."""


def cannot_refuse(row: int, reason: str) -> Reject:
    """Of a chunk without events."""
    raise IndexError(f"There is no event {row} to refuse: {reason}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive rows of a file, each of them an event, an item, a reject, or left out by the mapping's where."""

    events: pa.Table
    """`limner.model.event.EVENT_BATCH` and ``id.*`` columns, identifiers as they were written."""
    lines: npt.NDArray[np.int64]
    """The line (or row) of the file each event comes from."""
    rejects: list[Reject]
    items: pa.Table | None
    """`ITEM_BATCH`, when the mapping has items."""
    rows_read: int
    skipped: int = 0
    refuse: Refuse = cannot_refuse
    """For whoever finds later that an event is none."""
    properties: frozenset[str] | None = None
    """Names that the events' properties have at most, where a mapping says so; None = any."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows of an import. Unidentified events are among the accepted ones."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    unidentified: int = 0
    rejected: int = 0
    violating: int = 0
    """Events among the accepted ones that break the tracking plan."""
    erased: int = 0
    """Rows refused because they name an erased person."""
    skipped: int = 0
    """Rows the mapping's ``where`` left out."""
    items: int = 0
    seconds: float = 0.0

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def as_dict(self) -> dict[str, int | float]:
        return asdict(self)
