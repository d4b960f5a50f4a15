"""What has which number, in memory: an open hash table of fingerprints, 19 to 27 bytes a thing.

Of a fingerprint 96 bits are kept; among five million things two agree in them with a probability of 10⁻¹⁶.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.adapters.duckdb.fingerprints import Prints, hash_piece
from limner.compiled import BYTES, INT32, INT64, UINT32, UINT64, Int, Word, array, entry, kernel

FULL = 0.85
"""Share of the slots in use from which on the table grows."""
ROOMY = 0.6
"""Share in use after it grew."""
SMALLEST = 1 << 10


class Slots(NamedTuple):
    marks: npt.NDArray[np.uint32]
    """32 bits of the fingerprint, which also say where it belongs: slots are in the order of their marks, nearly."""
    words: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.int32]
    """-1: the slot is free."""


class Numbers:
    def __init__(self) -> None:
        self._count = 0
        self._slots = free_slots(SMALLEST)

    def __len__(self) -> int:
        return self._count

    def find(self, prints: Prints) -> npt.NDArray[np.int32]:
        """The number of each; -1 = it has none."""
        return find_prints(self._slots, prints)

    def find_text(self, text: bytes, first: int, second: int) -> int:
        """The number of one text, under the key that ``first`` and ``second`` are."""
        return find_text(*self._slots, text, first, second)

    def add(self, prints: Prints, numbers: npt.NDArray[np.int32]) -> None:
        """Distinct ones that have no number yet."""
        self._count += len(prints)
        if self._count > len(self._slots.marks) * FULL:
            before = self._slots
            self._slots = free_slots(int(self._count / ROOMY))
            move_slots(self._slots, before)
        add_prints(self._slots, prints, numbers)


def free_slots(count: int) -> Slots:
    return Slots(np.empty(count, np.uint32), np.empty(count, np.uint64), np.full(count, -1, np.int32))


@kernel
def find_prints(slots: Slots, prints: Prints) -> npt.NDArray[np.int32]:
    marks, words, numbers = slots
    found = np.full(len(prints), -1, np.int32)
    for row in range(len(prints)):
        found[row] = find_one(marks, words, numbers, prints[row, 0], prints[row, 1])
    return found


@kernel
def find_one(
    marks: npt.NDArray[np.uint32],
    words: npt.NDArray[np.uint64],
    numbers: npt.NDArray[np.int32],
    first: np.uint64,
    second: np.uint64,
) -> Int:
    mark = np.uint32(first & np.uint64(0xFFFFFFFF))
    place = place_of(mark, len(marks))
    while numbers[place] >= 0:
        if marks[place] == mark and words[place] == second:
            return numbers[place]
        place = next_place(place, len(marks))
    return np.int32(-1)


def first_of_each(prints: Prints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Equal ones get equal numbers, in the order of first appearance; and the first row of each number."""
    groups, firsts = group_prints(free_slots(2 * len(prints) + 1), prints)
    return groups, firsts


@kernel
def group_prints(slots: Slots, prints: Prints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    marks, words, numbers = slots
    groups, firsts = np.empty(len(prints), np.int64), np.empty(len(prints), np.int64)
    count = 0
    for row in range(len(prints)):
        mark = np.uint32(prints[row, 0] & np.uint64(0xFFFFFFFF))
        place = place_of(mark, len(marks))
        while numbers[place] >= 0 and not (marks[place] == mark and words[place] == prints[row, 1]):
            place = next_place(place, len(marks))
        if numbers[place] < 0:
            marks[place], words[place], numbers[place] = mark, prints[row, 1], count
            firsts[count] = row
            count += 1
        groups[row] = numbers[place]
    return groups, firsts[:count]


@kernel
def add_prints(slots: Slots, prints: Prints, numbers: npt.NDArray[np.int32]) -> None:
    for row in range(len(prints)):
        put(slots, np.uint32(prints[row, 0] & np.uint64(0xFFFFFFFF)), prints[row, 1], numbers[row])


@kernel
def move_slots(slots: Slots, before: Slots) -> None:
    marks, words, numbers = before
    for place in range(len(marks)):
        if numbers[place] >= 0:
            put(slots, marks[place], words[place], numbers[place])


@kernel
def put(slots: Slots, mark: np.uint32, word: np.uint64, number: np.int32) -> None:
    place = place_of(mark, len(slots.marks))
    while slots.numbers[place] >= 0:
        place = next_place(place, len(slots.marks))
    slots.marks[place], slots.words[place], slots.numbers[place] = mark, word, number


@kernel
def place_of(mark: np.uint32, slots: int) -> np.int64:
    return np.int64((np.uint64(mark) * np.uint64(slots)) >> np.uint64(32))


@kernel
def next_place(place: np.int64, slots: int) -> np.int64:
    return np.int64(place + 1) if place + 1 < slots else np.int64(0)


@entry(INT64(array(UINT32), array(UINT64), array(INT32), BYTES, UINT64, UINT64), "fingerprints.py", brief=True)
def find_text(
    marks: npt.NDArray[np.uint32],
    words: npt.NDArray[np.uint64],
    numbers: npt.NDArray[np.int32],
    text: bytes,
    first: Word,
    second: Word,
) -> int:
    half, other = hash_piece(text, 0, len(text), first, second)
    number: int = find_one(marks, words, numbers, half, other)
    return number
