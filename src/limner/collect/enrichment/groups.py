"""Rows that have the same values, so that what follows from those is worked out once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.collect.enrichment.texts import Bytes, Codes, Spans
from limner.compiled import inner, kernel

PATIENCE = 16
"""Places of the table at which an equal row is looked for: texts made to meet there slow nobody down."""
_STEP = np.uint64(0xC2B2AE3D27D4EB4F)


@kernel
def group_rows(data: Bytes, spans: Spans) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Equal numbers for rows with equal values, -1 for rows without any; and a row of each number.

    Rows are found equal byte by byte. Now and then a number is given twice: equal rows need not have the same.
    """
    rows, size = spans.shape[1], 2
    while size < 2 * rows:
        size *= 2
    slots = np.full(size, -1, np.int32)
    groups, examples = np.full(rows, -1, np.int32), np.empty(rows, np.int64)
    count = 0
    for row in range(rows):
        values = spans[:, row]
        if not values.any():
            continue
        place = np.int64(hash_values(data, values) & np.uint64(size - 1))
        for _ in range(PATIENCE):
            held = slots[place]
            if held < 0:
                break
            if equal_values(data, values, spans[:, examples[held]]):
                groups[row] = held
                break
            place = (place + 1) & (size - 1)
        if groups[row] < 0:
            slots[place] = groups[row] = count
            examples[count] = row
            count += 1
    return groups, examples[:count]


@inner
def hash_values(data: Bytes, values: Spans) -> np.uint64:
    mixed = np.uint64(0)
    for member in range(len(values)):
        at, end = int(values[member, 0]), int(values[member, 1])
        mixed = (mixed ^ np.uint64(end - at)) * _STEP
        while at < end:
            if at + 8 <= end:
                word = read_word(data, at)
            else:
                word = np.uint64(0)
                for place in range(end - at):
                    word |= np.uint64(data[at + place]) << np.uint64(8 * place)
            mixed = (mixed ^ word) * _STEP
            mixed ^= mixed >> np.uint64(29)
            at += 8
    return mixed ^ (mixed >> np.uint64(32))


@inner
def equal_values(data: Bytes, values: Spans, others: Spans) -> bool:
    for member in range(len(values)):
        at, other = values[member, 0], others[member, 0]
        length = values[member, 1] - at
        if others[member, 1] - other != length:
            return False
        place = 0
        while place + 8 <= length and read_word(data, at + place) == read_word(data, other + place):
            place += 8
        while place < length:
            if data[at + place] != data[other + place]:
                return False
            place += 1
    return True


@inner
def read_word(data: Bytes, at: int) -> np.uint64:
    """Eight bytes, least first."""
    word = np.uint64(0)
    for place in range(8):
        word |= np.uint64(data[np.uint64(at + place)]) << np.uint64(8 * place)
    return word
