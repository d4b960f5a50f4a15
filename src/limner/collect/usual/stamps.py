"""Times as clients write them, `limner.collect.plain.TIME`, as instants."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.collect.enrichment.scan import COLON, DOT, MINUS, NINE, ZERO
from limner.collect.enrichment.texts import Bytes, Spans
from limner.compiled import inner, kernel

Instants = npt.NDArray[np.int64]
UNREAD = np.iinfo(np.int64).min
MINUTE = 60_000_000
PLUS, ZULU = ord("+"), ord("Z")
PATTERN = np.frombuffer(b"0000-00-00T00:00:00", np.uint8)
"""0 = any digit."""
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@kernel
def read_stamps(data: Bytes, spans: Spans) -> Instants:
    """µs UTC of texts in quotes; `UNREAD` where nothing stands, or something else."""
    found = np.full(len(spans), UNREAD, np.int64)
    for row in range(len(spans)):
        begin, end = spans[row, 0] + 1, spans[row, 1] - 1
        if end - begin > len(PATTERN):
            found[row] = read_stamp(data, begin, end)
    return found


@inner
def read_stamp(data: Bytes, begin: int, end: int) -> int:
    for place in range(len(PATTERN)):
        letter = data[begin + place]
        if not (ZERO <= letter <= NINE if PATTERN[place] == ZERO else letter == PATTERN[place]):
            return UNREAD
    year, month = 100 * pair(data, begin) + pair(data, begin + 2), pair(data, begin + 5)
    day, hour = pair(data, begin + 8), pair(data, begin + 11)
    minute, second = pair(data, begin + 14), pair(data, begin + 17)
    if year == 0 or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return UNREAD
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= DAYS[month - 1] + leap:
        return UNREAD
    at, micros = read_fraction(data, begin + len(PATTERN), end)
    offset = read_offset(data, at, end)
    if offset == UNREAD:
        return UNREAD
    minutes = (count_days(year, month, day) * 24 + hour) * 60 + minute - offset
    return minutes * MINUTE + second * 1_000_000 + micros


@inner
def read_fraction(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Behind it, and its µs; where it is odd, behind the end."""
    if at >= end or data[at] != DOT:
        return at, 0
    micros, digits = 0, 0
    at += 1
    while at < end and ZERO <= data[at] <= NINE:
        micros = micros * 10 + int(data[at]) - ZERO
        digits += 1
        at += 1
        if digits > 6:
            return end + 1, 0
    if digits == 0:
        return end + 1, 0
    for _ in range(6 - digits):
        micros *= 10
    return at, micros


@inner
def read_offset(data: Bytes, at: int, end: int) -> int:
    """Minutes east of UTC; `UNREAD`."""
    if at + 1 == end and data[at] == ZULU:
        return 0
    if at + 6 != end or (data[at] != PLUS and data[at] != MINUS) or data[at + 3] != COLON:
        return UNREAD
    for place in (1, 2, 4, 5):
        if not ZERO <= data[at + place] <= NINE:
            return UNREAD
    hours, minutes = pair(data, at + 1), pair(data, at + 4)
    if hours > 12 or minutes > 59:
        return UNREAD
    east = hours * 60 + minutes
    return east if data[at] == PLUS else -east


@inner
def pair(data: Bytes, at: int) -> int:
    return (int(data[at]) - ZERO) * 10 + int(data[at + 1]) - ZERO


@inner
def count_days(year: int, month: int, day: int) -> int:
    """From 1970-01-01, in the Gregorian calendar (Hinnant, *chrono-compatible low-level date algorithms*)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
