"""What events say of a trait besides setting it, told from their names: 神策's profile_* calls arrive so named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from limner.fold.measures.code import Operation
from limner.fold.plan import Measurement
from limner.fold.properties import grains_of
from limner.model import parse_given
from limner.model.fold import Measure
from limner.model.timeline import Kind

UNSETS = ("profile_unset", parse_given.UNSET)
"""Their traits are ``{NAME: 1}``: the 1 is no value, and says nothing of the trait's type."""
OPERATIONS: Mapping[str, Operation] = {
    "profile_set_once": Operation.SET_ONCE,
    "profile_increment": Operation.ADD,
    "profile_append": Operation.IGNORE,
    **dict.fromkeys(UNSETS, Operation.UNSET),
    "profile_delete": Operation.DELETE,
}
"""Events of all other names set."""

Operations = npt.NDArray[np.uint8]


def operations_of(measurement: Measurement, names: Sequence[str]) -> Operations | None:
    """The operation by event code (and one for codes newer than ``names``); None where the fold takes only events that
    set, or measures no trait of whole events."""
    fold, column = measurement.fold, measurement.column
    if fold.measure is not Measure.TRAIT or column is None or grains_of(fold):
        return None
    taken = OPERATIONS.keys() & fold.selection.names if fold.selection.names else OPERATIONS.keys()
    table = [OPERATIONS[name] if name in taken else Operation.SET for name in names]
    if column.kind is not Kind.NUMBER:
        table = [Operation.IGNORE if operation is Operation.ADD else operation for operation in table]
    return np.array([*table, Operation.SET], np.uint8) if any(table) else None


def find_feeding(operations: Operations, codes: Sequence[int], present: Sequence[bool]) -> list[int]:
    """Places, among one customer's events in order, of those a trait's value was made of; of what took it away if
    there is none.

    ``codes`` are the events', ``present`` tells which of them have the trait.

    >>> table = np.array([Operation.SET, Operation.UNSET, Operation.ADD, Operation.SET], np.uint8)
    >>> find_feeding(table, [0, 1, 0, 2], [True] * 4), find_feeding(table, [0, 1, 1], [True] * 3)
    ([2, 3], [1])
    """
    feeding: list[int] = []
    ended: list[int] = []
    for place, (code, is_present) in enumerate(zip(codes, present, strict=True)):
        operation = operations[min(code, len(operations) - 1)]
        if operation == Operation.DELETE or (operation == Operation.UNSET and is_present):
            feeding, ended = [], [place] if feeding else ended
        elif is_present and operation != Operation.IGNORE and not (operation == Operation.SET_ONCE and feeding):
            feeding.append(place)
    return feeding or ended
