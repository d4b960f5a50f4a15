"""Smallest and largest values, of numbers and of words."""

from __future__ import annotations

from limner.compiled import Flag, Int, inner
from limner.fold.measures.series import Series, Words
from limner.fold.memory import get, get_uint8


@inner
def precedes(left: Int, right: Int, words: Words) -> Flag:
    """Is one value before another? Numbers by size; codes by their words' UTF-8 bytes."""
    if words.letters == 0 or left == right:
        return left < right
    left_start, right_start = get(words.ends, left), get(words.ends, right)
    left_size = get(words.ends, left + 1) - left_start
    right_size = get(words.ends, right + 1) - right_start
    for i in range(min(left_size, right_size)):
        left_letter = get_uint8(words.letters, left_start + i)
        right_letter = get_uint8(words.letters, right_start + i)
        if left_letter != right_letter:
            return left_letter < right_letter
    return left_size < right_size


@inner
def lowest(series: Series, words: Words) -> Int:
    """The smallest of at least one value."""
    best = get(series.values, series.low)
    for j in range(series.low + 1, series.high):
        value = get(series.values, j)
        if precedes(value, best, words):
            best = value
    return best


@inner
def highest(series: Series, words: Words) -> Int:
    """The largest of at least one value."""
    best = get(series.values, series.low)
    for j in range(series.low + 1, series.high):
        value = get(series.values, j)
        if precedes(best, value, words):
            best = value
    return best
