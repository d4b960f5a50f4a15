"""Sets of members as roaring bitmaps over customer numbers: joined by ``&``, ``|`` and ``-``, compared over time."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an audience between two looks at it."""

    entered: BitMap
    left: BitMap


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
