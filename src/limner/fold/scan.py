"""The kernel of conditions: typed columns against sets of values, joined by and, or, not, block by block."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.compile import entry, inner
from limner.fold.memory import get_float64, get_int8, get_int32, get, get_uint8, put_uint8

Values = npt.NDArray[np.int64]
Table = npt.NDArray[np.int64]
Mask = npt.NDArray[np.uint8]

WIDE, CODE, FLAG, DOUBLE, TABLE, MASK = range(6)
"""Leaves: int64, int32, int8 and float64 values in closed intervals; int32 codes in a table of answers by code + 1;
a mask of bytes."""
PUSH, AND, OR, NOT, TRUE = range(5)
BLOCK = 4096
"""Customers at a time: a mask of them stays in the first-level cache."""


@inner
def test_leaf(leaf: Values, pool: Values, floats: npt.NDArray[np.float64], begin: int, count: int, hits: Mask) -> None:
    """Answers of one leaf, (kind, address, table or first interval, table size or intervals), for ``count`` customers
    from ``begin``."""
    kind, address = leaf[0], leaf[1]
    if kind == MASK:
        for i in range(count):
            hits[i] = get_uint8(address, begin + i)
        return
    if kind == TABLE:
        for i in range(count):
            place = np.int64(get_int32(address, begin + i)) + 1
            hits[i] = get_uint8(leaf[2], place) if 0 <= place < leaf[3] else np.uint8(0)
        return
    hits[:count] = 0
    for k in range(leaf[2], leaf[2] + leaf[3]):
        if kind == WIDE:
            low, high = pool[2 * k], pool[2 * k + 1]
            for i in range(count):
                wide = get(address, begin + i)
                hits[i] |= np.uint8((wide >= low) & (wide <= high))
        elif kind == CODE:
            first, last = np.int32(pool[2 * k]), np.int32(pool[2 * k + 1])
            for i in range(count):
                code = get_int32(address, begin + i)
                hits[i] |= np.uint8((code >= first) & (code <= last))
        elif kind == FLAG:
            least, most = np.int8(pool[2 * k]), np.int8(pool[2 * k + 1])
            for i in range(count):
                flag = get_int8(address, begin + i)
                hits[i] |= np.uint8((flag >= least) & (flag <= most))
        else:
            bottom, top = floats[2 * k], floats[2 * k + 1]
            for i in range(count):
                double = get_float64(address, begin + i)
                hits[i] |= np.uint8((double >= bottom) & (double <= top))


@inner
def join(action: int, stack: Table, depth: int, count: int) -> None:
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


@entry(
    "int64(int64, int64, int64[:, ::1], int64[::1], float64[::1], int64[:, ::1], uint8[:, ::1], int64)",
)
def scan_customers(
    begin: int,
    end: int,
    leaves: Table,
    pool: Values,
    floats: npt.NDArray[np.float64],
    actions: Table,
    stack: Any,
    output: int,
) -> int:
    """How many customers begin <= i < end pass; writes a byte each to the address ``output`` unless that is 0.

    ``actions``: rows (action, leaf) in postfix order, working on ``stack``, a row of BLOCK bytes per level.
    """
    found = np.int64(0)
    for first in range(begin, end, BLOCK):
        count = min(BLOCK, end - first)
        depth = 0
        for a in range(len(actions)):
            action = actions[a, 0]
            if action == PUSH:
                test_leaf(leaves[actions[a, 1]], pool, floats, first, count, stack[depth])
                depth += 1
            elif action == TRUE:
                stack[depth, :count] = 1
                depth += 1
            else:
                join(action, stack, depth, count)
                depth -= action != NOT
        for i in range(count):
            found += stack[0, i]
        if output != 0:
            for i in range(count):
                put_uint8(output, first + i, stack[0, i])
    return found
