"""Sets of members as roaring bitmaps over customer numbers: joined by ``&``, ``|`` and ``-``, compared over time."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from limner.errors import DataError
from limner.identity.snapshot import customer_id

LAST = (1 << 32) - 1
"""The greatest number that a set holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an audience between two looks at it."""

    entered: BitMap
    left: BitMap


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a set, ascending."""

    members: list[int]
    before: int
    """How many of the set are ahead of it."""
    following: int | None
    """After whom the page behind it begins; None = it is the last."""
    preceding: int | None
    """After whom the page ahead of it begins; None = at the beginning."""


def as_set(customers: npt.NDArray[np.int32]) -> BitMap:
    """A set of customer numbers."""
    members = BitMap(array("I", customers.astype(np.uint32).tobytes()))  # an array of C is read without Python numbers
    members.run_optimize()
    return members


def as_array(members: BitMap) -> npt.NDArray[np.int32]:
    """The customer numbers of a set, ascending."""
    return np.array(members.to_array(), np.uint32).astype(np.int32)


def diff(before: BitMap, after: BitMap) -> Change:
    """Who entered and who left."""
    return Change(entered=after - before, left=before - after)


def cut_page(members: BitMap, after: int, limit: int) -> Page:
    """Up to ``limit`` of those whose number is greater than ``after``; -1 = from the beginning.

    >>> cut_page(BitMap([2, 3, 5, 7, 11]), after=5, limit=1)
    Page(members=[7], before=3, following=7, preceding=3)
    """
    start = members.rank(min(after, LAST)) if after >= 0 else 0
    page = list(members[start : start + limit])
    more = start + len(page) < len(members)
    return Page(page, start, page[-1] if page and more else None, members[start - limit - 1] if start > limit else None)


def read_cursor(cursor: str | None) -> int:
    """After whom a page begins; -1 = it is the first. Raises DataError."""
    if cursor is None:
        return -1
    if not cursor.startswith("c") or not cursor[1:].isdecimal() or len(cursor) > 12:
        raise DataError(f"{cursor!r} is no cursor.", hint="Give the `next` of the page before.")
    return int(cursor[1:])


def write_cursor(number: int | None) -> str | None:
    return None if number is None else customer_id(number)
