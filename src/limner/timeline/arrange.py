"""Rows of some customers found in several places, put in order and copied, by kernels that run without Python's lock.

Per customer: its fragments, the runs of rows they stood in when the base was built, then these rows and the tail's in
the order of their times. Nothing is looked at but what these customers have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from numba import carray, types  # type: ignore[attr-defined]
from numba.extending import intrinsic

from limner.compiled import inner, kernel
from limner.timeline.chains import Links

T = TypeVar("T", bound=np.generic)
Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Array = npt.NDArray[np.generic]
FEW = 32
"""Up to so many rows of a customer are sorted by insertion: nearly all are in order already."""
TAIL = 0
"""The part the tail is; those of the base are numbered as they are met."""
ANYBODY = np.array([-1], np.int32)
"""Whom fragments may have left, where nobody has looked."""


class Shelves(NamedTuple):
    """The shards of a base, in their order: arrays by address, as files are mapped for reading only."""

    firsts: Numbers
    """Each one's first customer."""
    sizes: Rows
    """How many customers it has."""
    customers: Rows
    """Addresses, as all that follow."""
    offsets: Rows
    fragments: Rows
    times: Rows


NO_SHELVES = Shelves(np.zeros(0, np.int32), *(np.zeros(0, np.int64) for _ in range(5)))
"""Of no base."""


class Runs(NamedTuple):
    """Rows that stood with one customer at the build: of some customers now, one after the other."""

    ends: Rows
    """Where those of each customer begin, and one end more."""
    shards: Numbers
    begins: Rows
    sizes: Rows
    homes: Numbers
    """With whom they stood."""
    counts: Rows
    """Of each customer: rows that have to be looked at, those in the tail as well."""


class Dealt(NamedTuple):
    """Rows by (customer, time), those alike as they come: of one home as they stood there, then the tail's."""

    parts: Numbers
    rows: Rows
    times: Rows
    pieces: Rows
    """Rows with one piece number are in (time, event_id) order among themselves."""
    offsets: Rows
    """Where those of each customer begin, and one end more."""
    shards: Numbers
    """What each part is, from the one after `TAIL` on."""
    is_tied: bool
    """Do rows of several pieces share a customer's instant?"""


def _as_pointer(context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


as_pointer: Any = intrinsic(_as_pointer)


@kernel
def list_fragments(
    customers: Numbers, placement: Numbers, begins: Numbers, order: Numbers, moved: Numbers, links: Links
) -> tuple[Rows, Numbers]:
    """Where each customer's fragments under ``placement`` begin, and one end more; and the fragments, ascending.

    Some of each may be among ``order``, from where ``begins`` says; others among ``moved``, which names some again."""
    most = 0
    for i, customer in enumerate(customers):
        if customer < len(begins) - 1:
            most += begins[customer + 1] - begins[customer]
        place = links.last[i]
        while place >= 0:
            most += 1
            place = links.before[place]
    fragments, ends, count = np.empty(most, np.int32), np.zeros(len(customers) + 1, np.int64), 0
    for i, customer in enumerate(customers):
        first = count
        if customer < len(begins) - 1:
            for place in range(begins[customer], begins[customer + 1]):
                if placement[order[place]] == customer:
                    fragments[count] = order[place]
                    count += 1
        known, place = count, links.last[i]
        while place >= 0:
            fragment = moved[place]
            if fragment < len(placement) and placement[fragment] == customer:
                fragments[count] = fragment
                count += 1
            place = links.before[place]
        if count > known and count > first + 1:
            count = first + sort_once(fragments[first:count])
        ends[i + 1] = count
    return ends, fragments[:count]


@inner
def sort_once(numbers: Numbers) -> int:
    """Puts each once, ascending, at the beginning; how many they are."""
    sort_most_often_few(numbers)
    kept = 1
    for place in range(1, len(numbers)):
        if numbers[place] != numbers[kept - 1]:
            numbers[kept] = numbers[place]
            kept += 1
    return kept


@inner
def sort_most_often_few(numbers: Array) -> None:
    """In place. To sort two by the way of many takes twenty times as long."""
    if len(numbers) > FEW:
        numbers.sort()
        return
    for place in range(1, len(numbers)):
        number, to = numbers[place], place
        while to > 0 and numbers[to - 1] > number:
            numbers[to] = numbers[to - 1]
            to -= 1
        numbers[to] = number


@kernel
def find_runs(ends: Rows, fragments: Numbers, links: Links, old: Numbers, shelves: Shelves) -> Runs:
    """Of customers with these fragments. ``links``: the tail's rows of each fragment; ``old``: who had them then."""
    most, size = len(fragments), len(ends) - 1
    run_ends, counts = np.zeros(size + 1, np.int64), np.zeros(size, np.int64)
    shards, homes = np.empty(most, np.int32), np.empty(most, np.int32)
    begins, sizes = np.empty(most, np.int64), np.empty(most, np.int64)
    count, met = 0, np.empty(most, np.int32)
    place, shard, before = 0, -1, -1
    for i in range(size):
        number = 0
        for k in range(ends[i], ends[i + 1]):
            if fragments[k] < len(old) and old[fragments[k]] >= 0 and len(shelves.firsts) > 0:
                met[number] = old[fragments[k]]
                number += 1
            row = links.last[k]
            while row >= 0:
                counts[i] += 1
                row = links.before[row]
        if number > 1:
            number = sort_once(met[:number])
        for home in met[:number]:
            if shard < 0 or home <= before or (shard + 1 < len(shelves.firsts) and home >= shelves.firsts[shard + 1]):
                shard = max(np.searchsorted(shelves.firsts, home, "right") - 1, 0)
                place, before = 0, -1
            customers = carray(as_pointer(shelves.customers[shard]), (shelves.sizes[shard],), np.int32)
            # Numbers ascend, each once: who is a few numbers further stands no more than as many places further.
            high = place + home - before if before >= 0 else home - customers[0]
            place, before = find_from(customers, place, max(high, place), home), home
            if place < len(customers) and customers[place] == home:
                offsets = carray(as_pointer(shelves.offsets[shard]), (len(customers) + 1,), np.int64)
                shards[count], homes[count] = shard, home
                begins[count], sizes[count] = offsets[place], offsets[place + 1] - offsets[place]
                counts[i] += sizes[count]
                count += 1
        run_ends[i + 1] = count
    return Runs(run_ends, shards[:count], begins[:count], sizes[:count], homes[:count], counts)


@inner
def find_from(numbers: Numbers, low: int, high: int, wanted: int) -> int:
    """The first place from ``low`` to ``high``, or past the end, that is not below what is wanted."""
    high = min(high, len(numbers))
    while low < high:
        middle = (low + high) >> 1
        if numbers[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def deal(
    customers: Numbers,
    ends: Rows,
    links: Links,
    runs: Runs,
    begin: int,
    end: int,
    newer: Rows,
    placement: Numbers,
    shelves: Shelves,
    left: Numbers,
) -> Dealt:
    """The rows of customers ``begin`` <= i < ``end`` of these. ``ends`` and ``links``: where their fragments are, and
    these to the tail's rows; ``newer``: times of the tail's rows, of which there may be more since; ``left``: whom
    fragments have left since the build, ascending, or `ANYBODY`. Whose have all stayed has all rows that stood there.
    """
    is_known = len(left) == 0 or left[0] >= 0
    most = runs.counts[begin:end].sum()
    parts, rows = np.empty(most, np.int32), np.empty(most, np.int64)
    times, pieces = np.empty(most, np.int64), np.empty(most, np.int64)
    offsets, count, is_tied = np.zeros(end - begin + 1, np.int64), 0, False
    slots, shards, met = np.zeros(len(shelves.firsts), np.int32), np.empty(len(shelves.firsts), np.int32), 0
    for i in range(begin, end):
        customer, first = customers[i], count
        for k in range(runs.ends[i], runs.ends[i + 1]):
            shard, stop = runs.shards[k], runs.begins[k] + runs.sizes[k]
            if slots[shard] == 0:
                shards[met] = shard
                met += 1
                slots[shard] = met
            fragment = carray(as_pointer(shelves.fragments[shard]), (stop,), np.int32)
            time = carray(as_pointer(shelves.times[shard]), (stop,), np.int64)
            stayed = is_known and not is_among(runs.homes[k], left)
            for row in range(runs.begins[k], stop):
                if stayed or placement[fragment[row]] == customer:
                    parts[count], rows[count], times[count] = slots[shard], row, time[row]
                    pieces[count] = runs.homes[k]
                    count += 1
        middle, count = count, note_newer(ends[i], ends[i + 1], links, len(newer), rows, count)
        for place in range(middle, count):
            row = rows[place]
            # No two rows of the tail are in order already; below zero they are apart from the base's old customers.
            parts[place], times[place], pieces[place] = TAIL, newer[row], -1 - row
        if count > first + 1:
            order_rows(parts[first:count], rows[first:count], times[first:count], pieces[first:count])
            for place in range(first + 1, count):
                if times[place] == times[place - 1] and pieces[place] != pieces[place - 1]:
                    is_tied = True
        offsets[i - begin + 1] = count
    return Dealt(parts[:count], rows[:count], times[:count], pieces[:count], offsets, shards[:met], is_tied)


@inner
def is_among(number: int, numbers: Numbers) -> bool:
    """``numbers`` ascend: few, most often none."""
    place = find_from(numbers, 0, len(numbers), number)
    return place < len(numbers) and numbers[place] == number


@inner
def note_newer(begin: int, end: int, links: Links, newer: int, rows: Rows, count: int) -> int:
    """Writes the tail's rows of some fragments behind so many, ascending, of the first ``newer``; how many there are
    then."""
    first = count
    for k in range(begin, end):
        row = links.last[k]
        while row >= 0:
            if row < newer:
                rows[count] = row
                count += 1
            row = links.before[row]
    if count > first + 1:
        sort_most_often_few(rows[first:count])
    return count


@inner
def order_rows(parts: Numbers, rows: Rows, times: Rows, pieces: Rows) -> None:
    """By their times, those alike as they come. Puts few in order by themselves."""
    for place in range(1, len(times)):
        if times[place] < times[place - 1]:
            if len(times) > FEW:
                order = np.argsort(times, kind="mergesort")
                parts[:], rows[:], times[:], pieces[:] = parts[order], rows[order], times[order], pieces[order]
                return
            part, row, time, piece, to = parts[place], rows[place], times[place], pieces[place], place
            while to > 0 and times[to - 1] > time:
                parts[to], rows[to] = parts[to - 1], rows[to - 1]
                times[to], pieces[to] = times[to - 1], pieces[to - 1]
                to -= 1
            parts[to], rows[to], times[to], pieces[to] = part, row, time, piece


def pick(arrays: Sequence[npt.NDArray[T]], parts: Numbers, rows: Rows) -> npt.NDArray[T]:
    """``arrays[parts[i]][rows[i]]`` of each i, which must lie inside."""
    first = arrays[-1]
    if any(array.dtype != first.dtype or not array.flags.c_contiguous for array in arrays):
        together = np.concatenate(arrays)
        starts = np.cumsum([0, *(len(array) for array in arrays[:-1])])
        found: npt.NDArray[T] = together[rows + starts[parts]]
        return found
    picked = np.empty(len(rows), first.dtype)
    copy_rows(np.array([array.__array_interface__["data"][0] for array in arrays]), parts, rows, picked)
    return picked


@kernel
def copy_rows(addresses: Rows, parts: Numbers, rows: Rows, picked: Array) -> None:
    for place in range(len(rows)):
        source = carray(as_pointer(addresses[parts[place]]), (1,), picked.dtype)
        picked[place] = source[rows[place]]
