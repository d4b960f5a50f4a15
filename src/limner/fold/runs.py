"""Running a program over a slice: outputs are allocated, customers dealt out in blocks, threads set to work."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import accumulate, pairwise
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.errors import DataError
from limner.fold.batch import ARRAYS, EDGES
from limner.fold.binding import Binding
from limner.fold.call import Call
from limner.fold.kernel import fold_customers
from limner.fold.program import BASE, Program, Slot
from limner.model.timeline import Slice

Array = npt.NDArray[np.generic]
Table = npt.NDArray[np.int64]

BLOCK_ROWS = 1 << 17
"""Rows a thread takes at a time: enough to make a call of the kernel cheap, few enough to keep threads even."""
BATCH_ROWS = 1 << 12
"""Rows folded together: enough to make a step of the program cheap, few enough to stay in the processor's caches."""
BATCH_CUSTOMERS = 256
DTYPES = dict(zip(BASE, (np.int64, np.int64, np.int32, np.int8, np.int32, np.int16)))
MOST_CODES = 1 << 16
"""Values are told apart by a table of all codes of a dictionary up to this; more would not stay in the caches."""
PADDING = 72
"""Scratch arrays of a power of two in length would share few lines of the first-level cache."""
SHORTEST = 64
"""Scratch is never shorter: hours, weekdays and the steps of a sequence are counted there too."""


class Rows(NamedTuple):
    """A slice's arrays as the kernel needs them: one type each, contiguous."""

    offsets: Table
    columns: tuple[Array | None, ...]
    """None = the slice does not have the column: all missing."""


def rows_of(slice: Slice, program: Program) -> Rows:
    """The rows of the program's grain; a slice without it has no element. Raises DataError on columns cut short."""
    if program.grain:
        slice = slice.elements.get(program.grain) or _without_rows(slice)
    offsets = np.ascontiguousarray(slice.offsets, np.int64)
    arrays: list[Array | None] = []
    for name, size in zip(program.columns, program.sizes):
        array = slice.columns.get(name)
        if array is None:
            if name in DTYPES:
                raise DataError(f"a timeline has no column {name!r}.", hint="Rebuild the timelines.")
            arrays.append(None)
            continue
        dtype = DTYPES.get(name, np.int32 if size >= 0 else np.int64)
        arrays.append(np.ascontiguousarray(array, dtype))
        if len(array) < offsets[-1]:
            message = f"column {name!r} of a timeline has {len(array)} rows, not {offsets[-1]}."
            raise DataError(message, hint="Rebuild the timelines.")
    return Rows(offsets, tuple(arrays))


def _without_rows(slice: Slice) -> Slice:
    columns: dict[str, Array] = {name: np.empty(0, dtype) for name, dtype in DTYPES.items()}
    return Slice(slice.customers, np.zeros(len(slice) + 1, np.int64), columns)


def blocks_of(offsets: Table) -> list[tuple[int, int]]:
    """Customers [begin, end) in blocks of about BLOCK_ROWS rows; a longer timeline is a block of its own."""
    customers, rows = len(offsets) - 1, int(offsets[-1] - offsets[0])
    if rows <= BLOCK_ROWS and customers <= BLOCK_ROWS:
        return [(0, customers)] if customers else []
    cuts = np.searchsorted(offsets, np.arange(BLOCK_ROWS, rows, BLOCK_ROWS) + offsets[0])
    crowds = np.arange(0, customers, BLOCK_ROWS)  # or those without rows would pile up in one block
    edges = np.unique(np.concatenate([crowds, cuts, [customers]])).tolist()
    return list(pairwise(edges))


@kernel
def longest_of(offsets: Table) -> int:
    """The rows of who has most."""
    longest = 0
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    return longest


class _Outputs:
    """An array per slot. Those of one type are rows of one matrix: an allocation each would cost one customer more
    time than the fold. Lists have none: they are made block by block."""

    def __init__(self, program: Program, customers: int) -> None:
        self.matrices: list[tuple[Sequence[int], Array]] = []
        self.addresses = np.zeros(len(program.slots), np.int64)
        for (dtype, width), members in _alike(program).items():
            matrix = np.empty((len(members), customers * width), dtype)
            self.addresses[members] = matrix.ctypes.data + matrix.strides[0] * np.arange(len(members))
            self.matrices.append((members, matrix))

    def arrays(self) -> dict[int, Array]:
        return {place: array for members, matrix in self.matrices for place, array in zip(members, matrix)}


@lru_cache(maxsize=256)
def _alike(program: Program) -> dict[tuple[str, int], list[int]]:
    """Slots by type and width, lists left out."""
    found: dict[tuple[str, int], list[int]] = {}
    for i, slot in enumerate(program.slots):
        if slot.cursor < 0:
            found.setdefault((np.dtype(slot.dtype).str, slot.width), []).append(i)
    return found


def run_program(
    program: Program, binding: Binding, slice: Slice, threads: int
) -> tuple[dict[tuple[str, str], Array], set[str]]:
    """Arrays by (key, part) of the program's slots, and the keys of what left int64.

    Lists are one array: those of the customers one after the other.
    """
    rows = rows_of(slice, program)
    blocks = blocks_of(rows.offsets)
    outputs = _Outputs(program, len(slice))
    overflows = np.zeros(max(len(program.measures), 1), np.uint8)
    pieces: list[dict[int, Array]] = [{} for _ in blocks]
    waiting = iter(range(len(blocks)))
    lock = Lock()

    def work() -> None:
        runner = _Runner(program, binding, rows, outputs, overflows)
        while True:
            with lock:
                block = next(waiting, None)
            if block is None:
                return
            pieces[block] = runner.fold(*blocks[block])

    if threads == 1 or len(blocks) <= 1:
        work()
    else:
        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(work) for _ in range(threads)]:
                future.result()
    arrays = outputs.arrays()
    made = {
        (slot.key, slot.part): arrays[i]
        if slot.cursor < 0
        else np.concatenate([np.empty(0, np.int64), *(piece[i] for piece in pieces)])
        for i, slot in enumerate(program.slots)
    }
    return made, {program.keys[m] for m in np.flatnonzero(overflows)}


def run_for_one(program: Program, binding: Binding, slice: Slice) -> list[int]:
    """What a program that only counts, and takes instants, gives for the one customer of a slice: a number a slot."""
    outputs = _Outputs(program, 1)
    overflows = np.zeros(max(len(program.measures), 1), np.uint8)
    _Runner(program, binding, rows_of(slice, program), outputs, overflows).fold(0, 1)
    ((_, numbers),) = outputs.matrices
    return numbers.ravel().tolist()


@lru_cache(maxsize=256)
def _tables(program: Program) -> dict[str, int]:
    """The arguments that are the program's own."""
    return {
        "sizes": program.sizes.ctypes.data,
        "codes": program.names.shape[1] - 1,
        "names": program.names.ctypes.data,
        "classes": program.classes.ctypes.data,
        "class_count": program.class_count,
        "only": int(program.is_only),
        "series": program.series.ctypes.data,
        "factors": program.factors.ctypes.data,
        "sequences": program.sequences.ctypes.data,
        "sequence_count": len(program.sequences),
        "parts": program.steps.ctypes.data,
        "window_count": len(program.windows),
        "selection_count": len(program.selections),
    }


@lru_cache(maxsize=256)
def _lists(program: Program) -> list[tuple[int, Slot]]:
    """The slots that are lists, and their places."""
    return [(i, slot) for i, slot in enumerate(program.slots) if slot.cursor >= 0]


class _Runner:
    """The kernel with its arguments, made once per thread; scratch is the thread's own."""

    def __init__(
        self, program: Program, binding: Binding, rows: Rows, outputs: _Outputs, overflows: npt.NDArray[np.uint8]
    ) -> None:
        self.rows = rows
        self.lists = _lists(program)
        customers, rows_in_all = len(rows.offsets) - 1, int(rows.offsets[-1] - rows.offsets[0])
        longest = max(SHORTEST, longest_of(rows.offsets))
        length = max(longest, min(BATCH_ROWS, rows_in_all)) + PADDING
        span = min(BATCH_CUSTOMERS, customers) + 1
        room = {
            # Pages of the lists of rows that are never written are never given.
            "arrays": (ARRAYS + program.class_count) * length,
            "table": 1 + max(4 * longest, *(size for size in program.sizes if size <= min(MOST_CODES, rows_in_all))),
            "edges": (EDGES + 4 * len(program.windows) + program.class_count) * span,
            "ends": program.class_count,
            "found": len(program.windows),
            "cursors": 1 + len(self.lists),
            "outputs": len(program.slots),
            "addresses": len(program.columns),
        }
        self.room = np.zeros(sum(room.values()), np.int64)
        places = dict(zip(room, accumulate(room.values(), initial=0)))
        self.cursors = self.room[places["cursors"] : places["outputs"]]
        self.outputs = self.room[places["outputs"] : places["addresses"]]
        self.outputs[:] = outputs.addresses
        self.room[places["addresses"] :] = [0 if column is None else column.ctypes.data for column in rows.columns]
        self.kept = (program, binding, rows, outputs, overflows)
        base = self.room.ctypes.data
        self.call = Call(
            as_of=binding.as_of,
            today=binding.today,
            offsets=rows.offsets.ctypes.data,
            windows=binding.windows.ctypes.data,
            measures=binding.measures.ctypes.data,
            midnight=binding.midnight,
            overflows=overflows.ctypes.data,
            length=length,
            span=span,
            batch_rows=BATCH_ROWS,
            table_size=room["table"],
            **{name: base + 8 * place for name, place in places.items()},
            **binding.tests.addresses,
            **_tables(program),
        )

    def fold(self, begin: int, end: int) -> dict[int, Array]:
        """Folds a block; the lists it made, by slot."""
        most = int(self.rows.offsets[end] - self.rows.offsets[begin])
        buffers: dict[int, Array] = {}
        self.cursors[:] = 0
        for i, slot in self.lists:
            buffers[i] = np.empty(min(most, slot.limit * (end - begin)), np.int64)
            self.outputs[i] = buffers[i].ctypes.data
        fold_customers(begin, end, self.call)
        return {i: buffers[i][: self.cursors[slot.cursor]].copy() for i, slot in self.lists}
