"""Rows from several places put in order and copied, by kernels that run without Python's lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import carray, types  # type: ignore[attr-defined]
from numba.extending import intrinsic

from limner.compiled import kernel

Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Array = npt.NDArray[np.generic]
FEW = 32
"""Up to so many rows of a customer are sorted by insertion: nearly all are in order already."""


def _as_pointer(context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


as_pointer: Any = intrinsic(_as_pointer)


@kernel
def arrange(customers: Numbers, customer: Numbers, time: npt.NDArray[np.int64], piece: Rows) -> tuple[Rows, Rows, bool]:
    """Rows by (customer, time), those alike as they come; where each of these ascending customers' begin, and one end
    more; and whether rows of several pieces share a customer's instant."""
    ranks = np.empty(customers[-1] + 1 if len(customers) else 0, np.int32)  # says nothing of others, whom no row has
    for rank, number in enumerate(customers):
        ranks[number] = rank
    ends = np.zeros(len(customers) + 1, np.int64)
    for row in range(len(customer)):
        ends[ranks[customer[row]] + 1] += 1
    ends = np.cumsum(ends)
    order, places = np.empty(len(customer), np.int64), ends[:-1].copy()
    for row in range(len(customer)):
        rank = ranks[customer[row]]
        order[places[rank]] = row
        places[rank] += 1
    tied = False
    for rank in range(len(customers)):
        own = order[ends[rank] : ends[rank + 1]]
        if not are_ordered(own, time):
            own[:] = own[np.argsort(time[own], kind="mergesort")]
        for place in range(1, len(own)):
            if time[own[place]] == time[own[place - 1]] and piece[own[place]] != piece[own[place - 1]]:
                tied = True
    return order, ends, tied


@kernel
def are_ordered(rows: Rows, time: npt.NDArray[np.int64]) -> bool:
    """Puts few in order by themselves."""
    for place in range(1, len(rows)):
        if time[rows[place]] < time[rows[place - 1]]:
            if len(rows) > FEW:
                return False
            row, to = rows[place], place
            while to > 0 and time[rows[to - 1]] > time[row]:
                rows[to] = rows[to - 1]
                to -= 1
            rows[to] = row
    return True


def pick(arrays: Sequence[Array], parts: Rows, rows: Rows) -> Array:
    """``arrays[parts[i]][rows[i]]`` of each i, which must lie inside."""
    first = arrays[-1]
    if any(array.dtype != first.dtype or not array.flags.c_contiguous for array in arrays):
        together: Array = np.concatenate([np.asarray(array) for array in arrays])
        starts = np.cumsum([0, *(len(array) for array in arrays[:-1])])
        found: Array = together[rows + starts[parts]]
        return found
    picked = np.empty(len(rows), first.dtype)
    copy_rows(np.array([array.__array_interface__["data"][0] for array in arrays]), parts, rows, picked)
    return picked


@kernel
def copy_rows(addresses: Rows, parts: Rows, rows: Rows, picked: Array) -> None:
    for place in range(len(rows)):
        source = carray(as_pointer(addresses[parts[place]]), (1,), picked.dtype)
        picked[place] = source[rows[place]]
