"""Lists of customers by number: numbers stand close together, so that marks tell what would otherwise be sorted for."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel

N = TypeVar("N", np.int32, np.int64)
Numbers = npt.NDArray[np.int32]
SPARSE = 16
"""Where there are fewer numbers than one in so many, they are sorted: room for marks costs more."""


def list_once(numbers: Numbers) -> Numbers:
    """Each once, ascending; what is below zero is nobody.

    >>> list_once(np.array([4, -1, 2, 4], np.int32)).tolist()
    [2, 4]
    """
    highest = int(numbers.max(initial=-1))
    if len(numbers) < highest // SPARSE:
        return sort_once(numbers[numbers >= 0])
    return list_marked(numbers, highest)


@kernel
def list_marked(numbers: Numbers, highest: int) -> Numbers:
    """The same by marks."""
    marks, count = np.zeros(highest + 1, np.bool_), 0
    for number in numbers:
        if number >= 0:
            count += not marks[number]
            marks[number] = True
    listed, count = np.empty(count, np.int32), 0
    for number, is_there in enumerate(marks):
        if is_there:
            listed[count] = number
            count += 1
    return listed


@kernel
def find_differences(before: Numbers, after: Numbers) -> npt.NDArray[np.int64]:
    """The places at which the second, as long or longer, has another number: few, most often. What numpy would make for
    it of millions is memory that is taken anew each time.

    >>> find_differences(np.array([4, 2, 1], np.int32), np.array([4, 3, 1, 7], np.int32)).tolist()
    [1]
    """
    count = 0
    for place in range(len(before)):
        count += before[place] != after[place]
    found, count = np.empty(count, np.int64), 0
    if len(found):
        for place in range(len(before)):
            if before[place] != after[place]:
                found[count] = place
                count += 1
    return found


def list_missing(numbers: Numbers, there: Numbers) -> Numbers:
    """Those of ``numbers`` that are not ``there``, each once, ascending; both in no order. `numpy.setdiff1d` takes two
    seconds for a million.

    >>> list_missing(np.array([4, 7, 2], np.int32), np.array([9, 7], np.int32)).tolist()
    [2, 4]
    """
    marks = np.zeros(int(numbers.max(initial=-1)) + 1, np.bool_)
    marks[numbers] = True
    marks[there[there < len(marks)]] = False
    return np.flatnonzero(marks).astype(np.int32)


def sort_once(numbers: npt.NDArray[N]) -> npt.NDArray[N]:
    """Each once, ascending, where they are few among many: `numpy.unique` hashes integers, which takes longer.

    >>> sort_once(np.array([4, 2, 4])).tolist()
    [2, 4]
    """
    ordered = np.sort(numbers)
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]


def is_among(asked: npt.NDArray[N], numbers: npt.NDArray[N]) -> npt.NDArray[np.bool_]:
    """Which of ``asked`` are among ``numbers``, which ascend: a few of many.

    >>> is_among(np.array([7, 1, 3]), np.array([1, 7])).tolist()
    [True, True, False]
    """
    if not len(numbers):
        return np.zeros(len(asked), np.bool_)
    found: npt.NDArray[np.bool_] = numbers[np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)] == asked
    return found


def find_places(numbers: Numbers, asked: Numbers) -> npt.NDArray[np.int64]:
    """Where those of ``asked`` that are among ``numbers`` stand there; both ascending, each once.

    >>> find_places(np.array([1, 3, 5], np.int32), np.array([0, 3, 4, 5], np.int32)).tolist()
    [1, 2]
    """
    if not len(numbers):
        return np.zeros(0, np.int64)
    low, high = np.searchsorted(asked, [numbers[0], numbers[-1]])
    asked = asked[low : high + 1]
    places = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
    found: npt.NDArray[np.int64] = places[numbers[places] == asked]
    return found
