"""The kernel of conditions: typed columns against sets of values, joined by and, or, not, block by block."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.compiled import Int, entry, inlined, inner
from limner.fold.memory import get, get_float64, get_int8, get_int32, get_uint8, put_uint8

Values = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
Table = npt.NDArray[np.int64]
Mask = npt.NDArray[np.uint8]

WIDE, CODE, FLAG, DOUBLE, TABLE, MASK = range(6)
"""Leaves: int64, int32, int8 and float64 values in closed intervals; int32 codes in a table of answers by code + 1;
a mask of bytes."""
PUSH, AND, OR, NOT, TRUE, TALLY = range(6)
BLOCK = 4096
"""Customers at a time: a mask of them stays in the first-level cache."""


class Sets(NamedTuple):
    """Closed intervals, low and high in turn: of int64, and of float64."""

    pool: Values
    floats: Doubles


@inner
def test_leaf(leaf: Values, sets: Sets, begin: Int, hits: Mask) -> None:
    """Answers of one leaf, (kind, address, table or first interval, table size or intervals), for as many customers
    from ``begin`` as there are hits."""
    kind, address = leaf[0], leaf[1]
    if kind == MASK:
        for i in range(len(hits)):
            hits[i] = get_uint8(address, begin + i)
    elif kind == TABLE:
        for i in range(len(hits)):
            place = np.int64(get_int32(address, begin + i)) + 1
            hits[i] = get_uint8(leaf[2], place) if 0 <= place < leaf[3] else np.uint8(0)
    else:
        hits[:] = 0
        for k in range(leaf[2], leaf[2] + leaf[3]):
            test_interval(kind, address, k, sets, begin, hits)


@inlined
def test_interval(kind: Int, address: Int, k: Int, sets: Sets, begin: Int, hits: Mask) -> None:
    """Adds those in one interval. The loops are so plain that the processor takes many customers at once."""
    if kind == DOUBLE:
        bottom, top = sets.floats[2 * k], sets.floats[2 * k + 1]
        for i in range(len(hits)):
            double = get_float64(address, begin + i)
            hits[i] |= np.uint8((double >= bottom) & (double <= top))
        return
    low, high = sets.pool[2 * k], sets.pool[2 * k + 1]
    if kind == WIDE:
        for i in range(len(hits)):
            wide = get(address, begin + i)
            hits[i] |= np.uint8((wide >= low) & (wide <= high))
    elif kind == CODE:
        first, last = np.int32(low), np.int32(high)
        for i in range(len(hits)):
            code = get_int32(address, begin + i)
            hits[i] |= np.uint8((code >= first) & (code <= last))
    else:
        least, most = np.int8(low), np.int8(high)
        for i in range(len(hits)):
            flag = get_int8(address, begin + i)
            hits[i] |= np.uint8((flag >= least) & (flag <= most))


@inner
def join(action: Int, stack: Mask, depth: Int, count: Int) -> None:
    """Joins the top two masks into the lower, or turns the top one round."""
    top, below = stack[depth - 1], stack[max(depth - 2, 0)]
    if action == AND:
        for i in range(count):
            below[i] &= top[i]
    elif action == OR:
        for i in range(count):
            below[i] |= top[i]
    else:
        for i in range(count):
            top[i] ^= np.uint8(1)


@inner
def add_up(hits: Mask) -> Int:
    """A block has so few that 32 bits hold the sum, which makes it a quarter of the work."""
    found = np.uint32(0)
    for i in range(len(hits)):
        found += np.uint32(hits[i])
    return np.int64(found)


@entry(
    "void(int64, int64, int64[:, ::1], int64[::1], float64[::1], int64[:, ::1], uint8[:, ::1], int64, int64[::1])",
    "memory.py",
)
def scan_customers(
    begin: int,
    end: int,
    leaves: Table,
    pool: Values,
    floats: Doubles,
    actions: Table,
    stack: npt.NDArray[np.uint8],
    output: int,
    counts: npt.NDArray[np.int64],
) -> None:
    """Of customers begin <= i < end, adds up how many pass at each TALLY, which takes what it counts off the stack;
    without one, writes a byte each to the address ``output`` unless that is 0.

    ``actions``: rows (action, leaf) in postfix order, working on ``stack``, a row of BLOCK bytes per level.
    """
    sets = Sets(pool, floats)
    for first in range(begin, end, BLOCK):
        count = min(BLOCK, end - first)
        depth = tallied = 0
        for a in range(len(actions)):
            action = actions[a, 0]
            if action == PUSH:
                test_leaf(leaves[actions[a, 1]], sets, first, stack[depth, :count])
                depth += 1
            elif action == TRUE:
                stack[depth, :count] = 1
                depth += 1
            elif action == TALLY:
                depth -= 1
                counts[tallied] += add_up(stack[depth, :count])
                tallied += 1
            else:
                join(action, stack, depth, count)
                depth -= action != NOT
        if output != 0:
            for i in range(count):
                put_uint8(output, first + i, stack[0, i])
