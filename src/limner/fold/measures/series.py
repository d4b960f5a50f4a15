"""What measures read, and where they make notes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.fold.compile import Int

Values = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Columns(NamedTuple):
    """Addresses of the columns every slice has."""

    time: Int
    received_at: Int
    day: Int
    hour: Int
    name: Int
    source: Int


class Series(NamedTuple):
    """Places low <= j < high of three arrays: row numbers of the slice, and values and weights of a property.

    A value is an int64 or the code of a text. Measures of whole events read only ``rows``.
    """

    rows: Values
    values: Values
    weights: Values
    weighted: bool
    """False: every event weighs 1, and ``weights`` has no meaning."""
    low: Int
    high: Int


class Words(NamedTuple):
    """Addresses of a dictionary's UTF-8 bytes and of the end of each word in them; 0 = values are numbers."""

    letters: Int
    ends: Int


class Scratch(NamedTuple):
    """Arrays as long as the longest timeline, and a hash table four times as long (see `tables`)."""

    seen: Values
    sums: Values
    counts: Values
    lasts: Values
    trust: Floats
    table: Values
