"""Timelines as arrays: the one shape every fold reads, wherever the rows came from (mapped shards, a gathered
customer, an Arrow batch inside Spark)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

NULL_NUMBER = np.iinfo(np.int64).min
"""Null among int64 numbers and times."""
NULL_CODE = -1
"""Null among int32 dictionary codes."""


class Kind(StrEnum):
    """How a property is promoted: what the measure needs, not what the client sent."""

    NUMBER = "number"  # int64, decimal times 10**scale, NULL_NUMBER = missing
    TEXT = "text"  # int32 code into the column's dictionary, NULL_CODE = missing
    TIME = "time"  # int64 microseconds UTC, NULL_NUMBER = missing


@dataclass(frozen=True, slots=True)
class Column:
    """A promoted property: one typed column of the log and of the timelines."""

    name: str
    """``p1``, ``p2`` ...: never reused."""
    path: str
    """As written in definitions: ``amount``, ``page.path``, ``traits.city``, ``item.category``, ``products[].sku``."""
    kind: Kind
    scale: int = 4
    """NUMBER only: decimal places kept."""

    @property
    def grain(self) -> str:
        """What one row is: ``""`` an event, ``products[]`` an element of that list of an event."""
        head, bracket, _ = self.path.partition("[]")
        return head + bracket if bracket else ""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some customers' timelines: rows sorted by (customer, time, event_id), each customer once.

    ``columns`` always has ``time`` (int64 µs UTC), ``received_at`` (int64), ``day`` (int32, local days since
    1970-01-01), ``hour`` (int8, local 0-23), ``name`` (int32 event code), ``source`` (int16), ``seq`` (int64), and the
    promoted columns by name. Arrays may be read-only memory maps. For a list grain the rows are the elements, in order.
    """

    customers: npt.NDArray[np.int32]
    """Customer numbers, one per timeline."""
    offsets: npt.NDArray[np.int64]
    """Rows of timeline i: offsets[i] <= row < offsets[i + 1]."""
    columns: Mapping[str, npt.NDArray[np.generic]]
    grain: str = ""
    elements: Mapping[str, Slice] = field(default_factory=dict)
    """List grains of the same customers in the same order, such as ``products[]``."""

    def __len__(self) -> int:
        return len(self.customers)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the codes of a Slice mean: fixed for one plan, append-only over time."""

    names: tuple[str, ...]
    """Event names by code; several codes may share a name (aliases)."""
    sources: tuple[str, ...]
    columns: Mapping[tuple[str, Kind], Column]
    """Promoted columns by (path, kind)."""
    dictionaries: Mapping[str, tuple[str, ...]]
    """Text columns: column name to values by code."""
    zone: str = "Asia/Shanghai"
