"""The compiled scan of a column of JSON objects: what `members` finds.

It is strict, as RFC 8259 has it, and stricter in two things: values nested deeper than `DEEPEST`, and numbers a double
may not hold. What passes, msgspec decodes without fault; the bytes must be UTF-8. The parts of the scan are given where
to begin and where the bytes end, and answer where the rest begins, or `NOWHERE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.collect.enrichment.texts import Bytes, Codes, Offsets, Spans
from limner.compiled import inner, kernel

EMPTY, ODD = -1, -2
"""Instead of the place where an object's members begin: it has none (or is null); it is odd."""
UNKNOWN = -1
DEEPEST = 60
LONGEST_NUMBER = 300
"""Bytes of a number without an exponent that a double holds for certain."""
NOWHERE = -1

QUOTE, BACKSLASH, COMMA, COLON = ord('"'), ord("\\"), ord(","), ord(":")
OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST = ord("{"), ord("}"), ord("["), ord("]")
SPACE, LAST_CONTROL, MINUS, DOT, ZERO, NINE, LETTER_U = 32, 31, ord("-"), ord("."), ord("0"), ord("9"), ord("u")
EACH, HIGHEST = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
"""Of the bytes of a word."""
PLAIN = np.isin(np.arange(256), (*range(32), QUOTE, BACKSLASH), invert=True)
"""Bytes that stand for themselves in a string."""
TRUE, FALSE, NULL = (np.frombuffer(word, np.uint8) for word in (b"true", b"false", b"null"))
ESCAPES = np.isin(np.arange(256), np.frombuffer(b'"\\/bfnrt', np.uint8))
SIXTEENTHS = np.full(256, -1, np.int64)
"""The value of each hexadecimal digit."""
for _digits in (b"0123456789abcdef", b"0123456789ABCDEF"):
    SIXTEENTHS[np.frombuffer(_digits, np.uint8)] = np.arange(16)


class NameTable(NamedTuple):
    """Names, the shortest first."""

    letters: Bytes
    starts: Offsets
    """In ``letters``, of each name."""
    numbers: Codes
    """What each name is known by."""
    firsts: Offsets
    """The first name that has at least so many letters, for every length, and one more."""

    @classmethod
    def of(cls, names: Sequence[str]) -> NameTable:
        written = [name.encode() for name in names]
        numbers = sorted(range(len(written)), key=lambda number: len(written[number]))
        lengths = np.array([len(written[number]) for number in numbers])
        return cls(
            np.frombuffer(b"".join(written[number] for number in numbers), np.uint8),
            (np.cumsum(lengths) - lengths).astype(np.int32),
            np.array(numbers, np.int32),
            np.searchsorted(lengths, np.arange(lengths.max() + 2)).astype(np.int32),
        )


@kernel
def scan_objects(
    data: Bytes, froms: Offsets, ends: Offsets, valid: npt.NDArray[np.bool_], names: NameTable, wanted: int
) -> tuple[npt.NDArray[np.int32], Spans, npt.NDArray[np.uint32]]:
    begins = np.full(len(valid), EMPTY, np.int32)
    spans = np.zeros((wanted, len(valid), 2), np.int32)
    noted = np.zeros(len(valid), np.uint32)
    for row in range(len(valid)):
        if valid[row]:
            at, end = int(froms[row]), int(ends[row])
            begins[row] = scan_object(data, at, end, names, row, spans, noted)
        if begins[row] == ODD:
            spans[:, row] = 0
    return begins, spans, noted


@inner
def scan_object(
    data: Bytes, at: int, end: int, names: NameTable, row: int, spans: Spans, noted: npt.NDArray[np.uint32]
) -> int:
    """Where its members begin, EMPTY or ODD. Fills in where the row's wanted ones are, and notes the others."""
    at = skip_space(data, at, end)
    if at == end or data[at] != OPEN_OBJECT:
        return ODD
    at = begin = skip_space(data, at + 1, end)
    if at < end and data[at] == CLOSE_OBJECT:
        return EMPTY if skip_space(data, at + 1, end) == end else ODD
    while True:
        name, value = at + 1, skip_name(data, at, end)
        at = skip_value(data, value, end) if value != NOWHERE else NOWHERE
        known = find_name(data, name, names) if at != NOWHERE else ODD
        if known == ODD:
            return ODD
        if known >= len(spans):
            noted[row] |= np.uint32(1) << np.uint32(known - len(spans))
        elif known != UNKNOWN:
            if spans[known, row, 1] != 0:
                return ODD
            spans[known, row, 0], spans[known, row, 1] = value, at
        at = skip_space(data, at, end)
        if at == end or data[at] != COMMA:
            whole = at < end and data[at] == CLOSE_OBJECT and skip_space(data, at + 1, end) == end
            return begin if whole else ODD
        at = skip_space(data, at + 1, end)


@inner
def find_name(data: Bytes, at: int, names: NameTable) -> int:
    """Which of the names stands here, before a quote; UNKNOWN, or ODD when it has an escape."""
    length = 0
    while data[at + length] != QUOTE:
        if data[at + length] == BACKSLASH:
            return ODD
        length += 1
    if length >= len(names.firsts) - 1:
        return UNKNOWN
    for name in range(names.firsts[length], names.firsts[length + 1]):
        start, place = names.starts[name], 0
        while place < length and names.letters[start + place] == data[at + place]:
            place += 1
        if place == length:
            return int(names.numbers[name])
    return UNKNOWN


@inner
def skip_space(data: Bytes, at: int, end: int) -> int:
    while at < end and (data[at] == SPACE or data[at] == 10 or data[at] == 13 or data[at] == 9):
        at += 1
    return at


@inner
def skip_value(data: Bytes, at: int, end: int) -> int:
    """Begins at the value itself."""
    depth, objects = 0, np.uint64(0)
    while NOWHERE < at < end:
        behind = skip_leaf(data, at, end)
        if behind != at:
            at, depth = skip_closed(data, behind, end, depth, objects)
            if depth == 0:
                return at
        elif depth == DEEPEST:
            return NOWHERE
        else:
            depth += 1
            bit = np.uint64(1) << np.uint64(depth)
            objects = objects | bit if data[at] == OPEN_OBJECT else objects & ~bit
            at = skip_element(data, at + 1, end, data[at] == OPEN_OBJECT)
    return NOWHERE


@inner
def skip_leaf(data: Bytes, at: int, end: int) -> int:
    """A value without others in it; a bracket with some stays where it is."""
    if data[at] != OPEN_OBJECT and data[at] != OPEN_LIST:
        return skip_scalar(data, at, end)
    inner = skip_space(data, at + 1, end)
    empty = inner < end and data[inner] == (CLOSE_OBJECT if data[at] == OPEN_OBJECT else CLOSE_LIST)
    return inner + 1 if empty else at


@inner
def skip_closed(data: Bytes, at: int, end: int, depth: int, objects: np.uint64) -> tuple[int, int]:
    """Behind a value: the brackets that close, and what stands before the next value. And how many are still open.

    ``objects``: which of the open brackets are objects', a bit each.
    """
    while at != NOWHERE and depth > 0:
        at = skip_space(data, at, end)
        if at == end:
            return NOWHERE, depth
        inside_object = (objects >> np.uint64(depth)) & np.uint64(1) != 0
        if data[at] == COMMA:
            return skip_element(data, at + 1, end, inside_object), depth
        if data[at] != (CLOSE_OBJECT if inside_object else CLOSE_LIST):
            return NOWHERE, depth
        at, depth = at + 1, depth - 1
    return at, depth


@inner
def skip_element(data: Bytes, at: int, end: int, inside_object: bool) -> int:
    """What stands before an element's value."""
    at = skip_space(data, at, end)
    return skip_name(data, at, end) if inside_object else at


@inner
def skip_name(data: Bytes, at: int, end: int) -> int:
    """The name of a member, its colon, and the space around that."""
    if at == end or data[at] != QUOTE:
        return NOWHERE
    at = skip_string(data, at, end)
    if at == NOWHERE:
        return NOWHERE
    at = skip_space(data, at, end)
    return skip_space(data, at + 1, end) if at < end and data[at] == COLON else NOWHERE


@inner
def skip_scalar(data: Bytes, at: int, end: int) -> int:
    if data[at] == QUOTE:
        return skip_string(data, at, end)
    if data[at] == MINUS or ZERO <= data[at] <= NINE:
        return skip_number(data, at, end)
    word = TRUE if data[at] == TRUE[0] else FALSE if data[at] == FALSE[0] else NULL
    for letter in word:
        if at == end or data[at] != letter:
            return NOWHERE
        at += 1
    return at


@inner
def skip_string(data: Bytes, at: int, end: int) -> int:
    at += 1
    while True:
        while at + 8 <= end and is_plain(read_word(data, at)):
            at += 8
        while at < end and PLAIN[data[np.uint64(at)]]:
            at += 1
        if at == end or data[at] <= LAST_CONTROL:
            return NOWHERE
        if data[at] == QUOTE:
            return at + 1
        at = skip_escape(data, at, end)
        if at == NOWHERE:
            return NOWHERE


@inner
def is_plain(word: np.uint64) -> bool:
    """None of the eight bytes ends a string, begins an escape or is a control character: the usual tricks with bits
    (a byte is zero, a byte is less than 32) for all of them together, ten times as fast as one by one."""
    quotes, escapes = word ^ (EACH * np.uint64(QUOTE)), word ^ (EACH * np.uint64(BACKSLASH))
    zeros = ((quotes - EACH) & ~quotes) | ((escapes - EACH) & ~escapes) | ((word - EACH * np.uint64(SPACE)) & ~word)
    return bool(zeros & HIGHEST == 0)


@inner
def skip_escape(data: Bytes, at: int, end: int) -> int:
    """Halves of a pair of surrogates, only together."""
    if at + 1 < end and ESCAPES[data[at + 1]]:
        return at + 2
    unit = read_unit(data, at, end)
    if 0xD800 <= unit < 0xDC00:
        return at + 12 if 0xDC00 <= read_unit(data, at + 6, end) < 0xE000 else NOWHERE
    return NOWHERE if unit < 0 or 0xDC00 <= unit < 0xE000 else at + 6


@inner
def read_unit(data: Bytes, at: int, end: int) -> int:
    r"""The number in ``\u12ab``; -1 when that is not what stands here."""
    if at + 6 > end or data[at] != BACKSLASH or data[at + 1] != LETTER_U:
        return -1
    unit = 0
    for place in range(at + 2, at + 6):
        if SIXTEENTHS[data[place]] < 0:
            return -1
        unit = unit * 16 + SIXTEENTHS[data[place]]
    return unit


@inner
def skip_number(data: Bytes, at: int, end: int) -> int:
    start = at
    if data[at] == MINUS:
        at += 1
    whole = skip_digits(data, at, end)
    if whole == at or (whole > at + 1 and data[at] == ZERO):
        return NOWHERE
    at = whole
    if at < end and data[at] == DOT:
        at = skip_digits(data, whole + 1, end)
        if at == whole + 1:
            return NOWHERE
    exponent = at < end and (data[at] == ord("e") or data[at] == ord("E"))
    return NOWHERE if exponent or at - start > LONGEST_NUMBER else at


@inner
def skip_digits(data: Bytes, at: int, end: int) -> int:
    while at < end and ZERO <= data[at] <= NINE:
        at += 1
    return at


@inner
def read_word(data: Bytes, at: int) -> np.uint64:
    """Eight bytes, least first."""
    word = np.uint64(0)
    for place in range(8):
        word |= np.uint64(data[np.uint64(at + place)]) << np.uint64(8 * place)
    return word
