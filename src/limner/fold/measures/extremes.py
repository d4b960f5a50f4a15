"""Smallest and largest values, of numbers and of words."""

from __future__ import annotations

from limner.fold.compile import Int, inner
from limner.fold.measures.series import Series, Words
from limner.fold.memory import load_int64, load_uint8


@inner
def precedes(left: Int, right: Int, words: Words) -> bool:
    """Is one value before another? Numbers by size; codes by their words' UTF-8 bytes."""
    if words.letters == 0 or left == right:
        return left < right
    left_start = load_int64(words.ends, left)
    right_start = load_int64(words.ends, right)
    left_size = load_int64(words.ends, left + 1) - left_start
    right_size = load_int64(words.ends, right + 1) - right_start
    for i in range(min(left_size, right_size)):
        left_letter = load_uint8(words.letters, left_start + i)
        right_letter = load_uint8(words.letters, right_start + i)
        if left_letter != right_letter:
            return left_letter < right_letter
    return left_size < right_size


@inner
def lowest(series: Series, words: Words) -> Int:
    """The smallest of at least one value."""
    best = series.values[series.low]
    for j in range(series.low + 1, series.high):
        if precedes(series.values[j], best, words):
            best = series.values[j]
    return best


@inner
def highest(series: Series, words: Words) -> Int:
    """The largest of at least one value."""
    best = series.values[series.low]
    for j in range(series.low + 1, series.high):
        if precedes(best, series.values[j], words):
            best = series.values[j]
    return best
