"""All identifiers in the order of their letters: what begins with some is found without looking at the others.

Sorted runs of nodes, each covering the nodes after those of the run before; where the last is no longer much smaller
than the one before it, both become one. They are sorted in a thread beside; the nodes after them are looked through.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import takewhile
from threading import Lock, Thread
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.compiled import Int, inner, kernel

FEW = 16_384
"""Nodes that are looked through one by one."""
GROWTH = 4
"""A run is at least so many times as long as the one after it."""
SHORT = 12
"""Nodes that are sorted by putting each in its place."""
Order = npt.NDArray[np.int32]
Speller = Callable[[int], tuple[int, bytes]]


class Texts(NamedTuple):
    """Texts by node: text n is letters[ends[n] : ends[n + 1]], of kind codes[n]."""

    codes: npt.NDArray[np.int16]
    letters: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]

    def speller(self) -> Speller:
        """Kind and text of a node, for whoever asks of many: an array takes several times as long to give one item."""
        codes, letters, ends = self.codes.data, self.letters.data, self.ends.data
        return lambda node: (codes[node], letters[ends[node] : ends[node + 1]].tobytes())


class Spelling:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._runs: tuple[Order, ...] = ()
        self._sorting: Thread | None = None

    def beginning(self, texts: Texts, start: bytes, codes: Iterable[int], limit: int) -> list[tuple[bytes, int]]:
        """(text, node) of those of these kinds that begin so: the ``limit`` first by their letters."""
        runs = self._runs
        covered = sum(map(len, runs))
        if len(texts.codes) - covered >= FEW:
            self._sort_beside(texts)
        kinds, spell = list(codes), texts.speller()
        found = list(rest_from(texts, covered, kinds, start, spell))
        for code in kinds:
            for run in runs:
                found += run_from(run, code, start, limit, spell)
        return sorted(found)[:limit]

    def sort(self, texts: Texts) -> None:
        """Put all in order that is not: what the thread beside does."""
        runs, covered = list(self._runs), sum(map(len, self._runs))
        fresh = np.arange(covered, len(texts.codes), dtype=np.int32)
        while runs and len(runs[-1]) < GROWTH * len(fresh):
            fresh = np.concatenate([runs.pop(), fresh])
        sort_texts(fresh, texts)
        self._runs = (*runs, fresh)

    def wait(self) -> None:
        """Until what is being sorted is."""
        if (sorting := self._sorting) is not None:
            sorting.join()

    def _sort_beside(self, texts: Texts) -> None:
        with self._lock:
            if self._sorting is None or not self._sorting.is_alive():
                self._sorting = Thread(target=self.sort, args=(texts,), name="spelling", daemon=True)
                self._sorting.start()


def run_from(run: Order, code: int, start: bytes, limit: int, spell: Speller) -> Iterator[tuple[bytes, int]]:
    first = bisect_left(run.data, (code, start), key=spell)
    spelled = ((*spell(node), node) for node in run[first : first + limit].tolist())
    for _, text, node in takewhile(lambda each: each[0] == code and each[1].startswith(start), spelled):
        yield text, node


def rest_from(
    texts: Texts, covered: int, codes: Collection[int], start: bytes, spell: Speller
) -> Iterator[tuple[bytes, int]]:
    """Letter by letter, of those that fitted so far."""
    begins, ends = texts.ends[covered:-1], texts.ends[covered + 1 :]
    fits = np.flatnonzero(ends - begins >= len(start))
    for place, letter in enumerate(start):
        fits = fits[texts.letters[begins[fits] + place] == letter]
    for node in (fits + covered).tolist():
        code, text = spell(node)
        if code in codes:
            yield text, node


@inner
def letter_at(node: Int, depth: Int, texts: Texts) -> Int:
    """The kind comes before the letters; -1 behind them."""
    if depth == 0:
        return np.int64(texts.codes[node])
    place = texts.ends[node] + depth - 1
    return np.int64(texts.letters[place]) if place < texts.ends[node + 1] else np.int64(-1)


@inner
def is_before(one: Int, other: Int, depth: Int, texts: Texts) -> bool:
    """Of two that are alike up to ``depth``."""
    while True:
        mine, theirs = letter_at(one, depth, texts), letter_at(other, depth, texts)
        if mine != theirs or mine < 0:
            return bool(mine < theirs)
        depth += 1


@inner
def sort_few(order: Order, low: Int, high: Int, depth: Int, texts: Texts) -> None:
    for place in range(low + 1, high):
        node, at = order[place], place
        while at > low and is_before(node, order[at - 1], depth, texts):
            order[at] = order[at - 1]
            at -= 1
        order[at] = node


@kernel
def sort_texts(order: Order, texts: Texts) -> None:
    """Nodes in place, by kind and letters: Bentley and Sedgewick's quicksort of three ways, a letter at a time."""
    waiting = [(np.int64(0), np.int64(len(order)), np.int64(0))]
    while waiting:
        low, high, depth = waiting.pop()
        if high - low <= SHORT:
            sort_few(order, low, high, depth, texts)
            continue
        pivot = letter_at(order[(low + high) // 2], depth, texts)
        less, at, more = low, low, high
        while at < more:
            node = order[at]
            letter = letter_at(node, depth, texts)
            if letter < pivot:
                order[at], order[less] = order[less], node
                less += 1
                at += 1
            elif letter > pivot:
                more -= 1
                order[at], order[more] = order[more], node
            else:
                at += 1
        waiting.append((low, less, depth))
        waiting.append((more, high, depth))
        if pivot >= 0:
            waiting.append((less, more, depth + 1))
