"""Smallest and largest values, of numbers and of words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.fold.compile import inner
from limner.fold.memory import load_int64, load_uint8

Values = npt.NDArray[np.int64]


@inner
def precedes(left: int, right: int, letters: int, ends: int) -> bool:
    """Is one value before another? Numbers by size; codes (``letters`` is not 0) by their words' UTF-8 bytes.

    ``letters`` and ``ends`` are the addresses of a dictionary's bytes and of the end of each word's in them.
    """
    if letters == 0 or left == right:
        return left < right
    left_start = load_int64(ends, left)
    right_start = load_int64(ends, right)
    left_size = load_int64(ends, left + 1) - left_start
    right_size = load_int64(ends, right + 1) - right_start
    for i in range(min(left_size, right_size)):
        left_letter = load_uint8(letters, left_start + i)
        right_letter = load_uint8(letters, right_start + i)
        if left_letter != right_letter:
            return left_letter < right_letter
    return left_size < right_size


@inner
def lowest(values: Values, low: int, high: int, letters: int, ends: int) -> int:
    """The smallest of at least one value."""
    best = values[low]
    for j in range(low + 1, high):
        if precedes(values[j], best, letters, ends):
            best = values[j]
    return best


@inner
def highest(values: Values, low: int, high: int, letters: int, ends: int) -> int:
    """The largest of at least one value."""
    best = values[low]
    for j in range(low + 1, high):
        if precedes(best, values[j], letters, ends):
            best = values[j]
    return best
