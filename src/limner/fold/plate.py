"""Whole numbers, decimals and truths of a row written as JSON by a kernel, all with one call.

Most tags of a portrait are such, and a call of Python's for each, short as it is, costs more than all that is written.
What else there is comes as text, and is put in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeGuard

import numpy as np
import numpy.typing as npt

from limner.compiled import BYTES, INT64, UINT8, Flag, Int, array, entry, inlined
from limner.fold.cells import Cells, ListCells
from limner.fold.memory import get, get_int8, get_uint8
from limner.model.column import NULL_NUMBER, ValueType

Letters = npt.NDArray[np.uint8]
NUMBER, TRUTH, GIVEN = range(3)
KINDS = {ValueType.INTEGER: NUMBER, ValueType.DECIMAL: NUMBER, ValueType.BOOL: TRUTH}
STORED = {NUMBER: np.int64, TRUTH: np.int8}
WIDTH = 10
"""Numbers of a member in the table: its kind; the address of the values; addresses and lengths of what stands before
one, after it, and instead of none; what numbers are divided by, and whether they are days whose age is told."""
HEAD, REST, NOTHING = 2, 4, 6
ROOM = 24
"""Letters of the longest value."""
LONGEST = 10**15
"""A fraction below this is written by Python, too, with the digits that are stored: fifteen tell floats apart."""
FINEST = 4
"""Decimal places; with more, Python writes small ones with an exponent."""
TOO_LONG = -1
END = 0
"""After each text that is given: in JSON there is no such letter."""
ZERO, MINUS, POINT, COMMA = b"0-.,"
TRUE, FALSE = tuple(b"true"), tuple(b"false")


class Frame(NamedTuple):
    """What stands around a value, and instead of none."""

    head: str
    rest: str
    nothing: str


class Plate:
    """The members of a portrait's ``tags``, in their order; good as long as there is no more room for rows."""

    def __init__(self, members: Sequence[tuple[Cells, Frame] | None]) -> None:
        """None = it comes as text."""
        self._table = np.zeros((len(members), WIDTH), np.int64)
        self._kept: list[npt.NDArray[np.generic]] = []
        """What the table has addresses of."""
        self._room = len(members)
        for place, member in enumerate(members):
            self._table[place] = (GIVEN, *[0] * (WIDTH - 1)) if member is None else self._describe(*member)
        self._address = self._table.ctypes.data

    def _describe(self, cells: Cells, frame: Frame) -> Sequence[int]:
        texts, values = [np.frombuffer(text.encode(), np.uint8) for text in frame], cells.values
        self._room += sum(map(len, texts)) + ROOM
        self._kept += (values, *texts)
        spans = [number for text in texts for number in (text.ctypes.data, len(text))]
        kind, unit = KINDS[cells.kind.type], 10**cells.kind.scale
        return kind, values.ctypes.data, *spans, unit, int(cells.kind.since_last)

    def write(self, row: int, today: int, given: bytes) -> bytes | None:
        """``given``: the other members, each followed by `END`. None = a fraction is too long."""
        written = np.empty(self._room + len(given), np.uint8)
        end = write_members(self._address, len(self._table), row, today, given, written)
        return None if end == TOO_LONG else written[:end].tobytes()


def may_be_written(cells: Cells | ListCells) -> TypeGuard[Cells]:
    """Are these values, if they are certain, of those that are written here?"""
    kind = KINDS.get(cells.kind.type)
    return (
        isinstance(cells, Cells)
        and kind is not None
        and cells.values.dtype == STORED[kind]
        and cells.kind.scale <= FINEST
    )


@inlined
def copy_letters(member: Int, part: Int, written: Letters, end: Int) -> Int:
    """``part``: where the address of the letters is in the member's row."""
    address, length = get(member, part), get(member, part + 1)
    for at in range(length):
        written[end + at] = get_uint8(address, at)
    return end + length


@inlined
def write_digits(value: Int, written: Letters, end: Int) -> Int:
    """Of a number that is not negative."""
    count, rest = 1, value // 10
    while rest > 0:
        count, rest = count + 1, rest // 10
    for place in range(end + count - 1, end - 1, -1):
        written[place] = ZERO + value % 10
        value //= 10
    return end + count


@inlined
def write_fraction(rest: Int, unit: Int, written: Letters, end: Int) -> Int:
    """The decimal places that ``rest`` of a unit has."""
    if rest > 0:
        written[end] = POINT
        end += 1
    while rest > 0:
        unit //= 10
        written[end] = ZERO + rest // unit
        end, rest = end + 1, rest % unit
    return end


@inlined
def write_number(value: Int, unit: Int, written: Letters, end: Int) -> Int:
    """As `limner.fold.portrait.shorten` has it."""
    if value < 0:
        written[end] = MINUS
        value, end = -value, end + 1
    return write_fraction(value % unit, unit, written, write_digits(value // unit, written, end))


@inlined
def write_truth(value: Int, written: Letters, end: Int) -> Int:
    if value == 1:
        for letter in TRUE:
            written[end] = letter
            end += 1
    else:
        for letter in FALSE:
            written[end] = letter
            end += 1
    return end


@inlined
def is_too_long(value: Int, unit: Int) -> Flag:
    return value % unit != 0 and not -LONGEST < value < LONGEST


@entry(INT64(INT64, INT64, INT64, INT64, BYTES, array(UINT8)), "memory.py", brief=True)
def write_members(table: Int, count: Int, row: Int, today: Int, given: bytes, written: Letters) -> Int:
    """How many letters they have, or `TOO_LONG`. ``written`` has room for all of them."""
    end, at = np.int64(0), np.int64(0)
    for place in range(count):
        if place > 0:
            written[end] = COMMA
            end += 1
        member = table + 8 * WIDTH * place
        kind, values = get(member, 0), get(member, 1)
        if kind == GIVEN:
            while given[at] != END:
                written[end] = given[at]
                at, end = at + 1, end + 1
            at += 1
            continue
        value, unit = np.int64(get_int8(values, row)) if kind == TRUTH else get(values, row), get(member, 8)
        if value < 0 if kind == TRUTH else value == NULL_NUMBER:
            end = copy_letters(member, NOTHING, written, end)
            continue
        if is_too_long(value, unit):
            return TOO_LONG
        end = copy_letters(member, HEAD, written, end)
        if kind == TRUTH:
            end = write_truth(value, written, end)
        else:
            end = write_number(today - value if get(member, 9) != 0 else value, unit, written, end)
        end = copy_letters(member, REST, written, end)
    return end
