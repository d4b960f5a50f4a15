"""Folds of different customers, put together as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from limner.fold.places import order_ascending
from limner.fold.room import take_room
from limner.model.column import Folded, TagColumn

Numbers = npt.NDArray[np.int32]
T = TypeVar("T", bound=np.generic)


def concat(parts: Iterable[Folded], everybody: Numbers | None = None) -> Folded:
    """Folds of different customers by one plan at one instant, as one; customers ascend, in each part as well. Raises
    ValueError without any.

    Each part is copied as it comes, so that nothing but the outcome is ever held in full. ``everybody``: all there may
    be, if known; room for them is then taken once.
    """
    parts = iter(parts)
    first = next(parts, None)
    if first is None:
        raise ValueError("there is no fold to put together")
    numbers, events, room = [first.customers], first.events, 0 if everybody is None else len(everybody)
    columns = {name: _GrowingColumn(column, room) for name, column in first.columns.items()}
    for part in parts:
        numbers.append(part.customers)
        events += part.events
        for name, growing in columns.items():
            growing.add(part.columns[name])
    customers, order = join(numbers, everybody)
    joined = {}
    for name in list(columns):  # each goes before the next is sorted
        column = columns.pop(name).column
        joined[name] = column if order is None else column.take(order)
    return Folded(customers, joined, first.as_of, events)


def join(parts: Sequence[Numbers], everybody: Numbers | None) -> tuple[Numbers, npt.NDArray[np.int64] | None]:
    """The customers of all parts, ascending, and the places they come from; None where they come so. That all of
    ``everybody`` are there is told by how many they are."""
    filled = [part for part in parts if len(part)]
    if everybody is not None and sum(map(len, filled)) < len(everybody):
        everybody = None
    if everybody is not None and all(before[-1] < after[0] for before, after in pairwise(filled)):
        return everybody, None
    joined = np.concatenate(parts)
    order = order_ascending(joined)
    if everybody is not None:
        return everybody, order
    return joined if order is None else joined[order], order


class _Growing(Generic[T]):
    """An array that is added to at its end, in room that doubles. Pages never written are never given."""

    def __init__(self, first: npt.NDArray[T], room: int) -> None:
        self._room, self._length = first, len(first)
        if room > len(first):
            self._widen(room)

    def _widen(self, room: int) -> None:
        wider: npt.NDArray[T] = take_room((room, *self._room.shape[1:]), self._room.dtype)
        wider[: self._length] = self.array
        self._room = wider

    def add(self, more: npt.NDArray[T]) -> None:
        length = self._length + len(more)
        if length > len(self._room):
            self._widen(2 * length)
        self._room[self._length : length] = more
        self._length = length

    @property
    def array(self) -> npt.NDArray[T]:
        return self._room[: self._length]


class _GrowingColumn:
    """The arrays of a column. Offsets of lists go on where those before ended."""

    def __init__(self, first: TagColumn, customers: int) -> None:
        self._first = first
        listed = first.offsets is not None
        rooms = {"values": 0 if listed else customers, "offsets": customers + 1, "confidence": customers}
        self._arrays: dict[str, _Growing[Any]] = {
            name: _Growing(array, room) for name, room in rooms.items() if (array := getattr(first, name)) is not None
        }

    def add(self, more: TagColumn) -> None:
        for name, growing in self._arrays.items():
            array = getattr(more, name)
            growing.add(array[1:] + growing.array[-1] if name == "offsets" else array)

    @property
    def column(self) -> TagColumn:
        arrays: dict[str, Any] = {name: growing.array for name, growing in self._arrays.items()}
        return replace(self._first, **arrays)
