"""A pass of a plan as the tables the kernel reads, and the outputs it writes.

Encoded once per plan by `limner.fold.encode`; what moves with as_of (windows, tests, the population) is added by
`limner.fold.binding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.fold.comparison import HIGHEST
from limner.fold.spelling import Spelling
from limner.model.fold import Selection, Window

Table = npt.NDArray[np.int64]

BASE = ("time", "received_at", "day", "hour", "name", "source")
"""Columns every slice has, in the order of `limner.fold.rows`."""
UNSEEN = ""
"""The name of a column nobody has: its address is 0."""
NUMBER = -1
"""Instead of the size of a dictionary: the column is int64."""
ABSENT = -1
"""Instead of a column: whole events, no weight."""
ROWS = "rows"
"""The part of the first slot, whose key is the grain: how many rows each customer has up to as_of."""


class Slot(NamedTuple):
    """One output array."""

    key: str
    """Of the fold or the anchor."""
    part: str
    """``rows``, ``values``, ``day``, ``confidence``, ``lengths``, ``weights`` or ``rows said``."""
    dtype: npt.DTypeLike
    width: int = 1
    """Cells per customer."""
    cursor: int = -1
    """Lists only: which cursor counts the cells written; they follow one another, block by block."""
    limit: int = HIGHEST
    """Lists only: the most cells a customer can fill."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The tables of a pass, as `limner.fold.kernel.fold_customers` takes them, and what stands behind them."""

    grain: str
    columns: tuple[str, ...]
    """Names of the columns in the slice."""
    sizes: Table
    windows: tuple[Window, ...]
    selections: tuple[Selection, ...]
    ranges: Table
    """Per selection: its first series, that after its last, where its rows come from, and the hull of its windows."""
    classes: Table
    """By event code, last for codes newer than the plan: events that the same selections name are of one class."""
    class_count: int
    names: npt.NDArray[np.uint8]
    series: Table
    measures: Table
    factors: npt.NDArray[np.float64]
    sequences: Table
    steps: Table
    slots: tuple[Slot, ...]
    keys: tuple[str, ...]
    """Per measure: its fold's key."""
    traits: Mapping[str, str]
    """Per key of a trait: its name."""
    dated: bool
    """Does a test move with as_of?"""
    kept: tuple[Spelling | npt.NDArray[np.uint8], ...] = field(repr=False)
    """Kept alive: addresses of spellings and of operations are in ``measures`` and ``series``."""

    @property
    def is_only(self) -> bool:
        """Is all that is asked of one selection, in one window that needs no anchor?"""
        plain = len(self.windows) == 1 and self.windows[0].anchor is None
        return plain and len(self.selections) == 1 and not len(self.sequences)
