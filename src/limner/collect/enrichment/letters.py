"""Letters that clients write as escapes though they need not, as most do with all that is not ASCII, written as
themselves."""

from __future__ import annotations

from limner.collect.enrichment.scan import BACKSLASH, QUOTE, SPACE, read_unit
from limner.collect.enrichment.texts import Bytes, Offsets
from limner.compiled import entry, inner

SLASH, DELETE = ord("/"), 0x7F


@inner
def read_escape(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Behind it, and the letter it is of; -1 where that has to be written so, or cannot be."""
    if at + 1 < end and data[at + 1] == SLASH:
        return at + 2, SLASH
    letter = read_unit(data, at, end)
    if 0xD800 <= letter < 0xE000:
        low = read_unit(data, at + 6, end)
        paired = letter < 0xDC00 <= low < 0xE000
        return at + 12, 0x10000 + ((letter - 0xD800) << 10) + low - 0xDC00 if paired else -1
    free = letter > DELETE or (SPACE <= letter < DELETE and letter not in (QUOTE, BACKSLASH))
    return at + 6, letter if free else -1


@inner
def write_letter(data: Bytes, at: int, letter: int) -> int:
    """In UTF-8; behind it."""
    if letter < DELETE:
        data[at] = letter
        return at + 1
    more = 1 if letter < 0x800 else 2 if letter < 0x10000 else 3
    data[at] = (0xFF00 >> (more + 1)) & 0xFF | (letter >> (6 * more))
    for place in range(1, more + 1):
        data[at + place] = 0x80 | (letter >> (6 * (more - place))) & 0x3F
    return at + more + 1


@entry("int32[::1](uint8[::1], int32[::1], int32[::1])", "scan.py")
def spell_out(data: Bytes, froms: Offsets, ends: Offsets) -> Offsets:
    r"""Write the letters themselves, in place, for ``\u12ab`` and ``\/``; where each text ends now. Escapes that have
    to be there stay."""
    shorter = ends.copy()
    for row in range(len(ends)):
        at, end = int(froms[row]), int(ends[row])
        to = at
        while at < end:
            if data[at] != BACKSLASH:
                data[to] = data[at]
                at, to = at + 1, to + 1
                continue
            behind, letter = read_escape(data, at, end)
            if letter >= 0:
                at, to = behind, write_letter(data, to, letter)
                continue
            for place in range(at, min(at + 2, end)):
                data[to] = data[place]
                to += 1
            at += 2
        shorter[row] = to
    return shorter
