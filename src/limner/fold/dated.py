"""Dated columns: what runs wrote of a tag, kept as files, read as the last one up to an instant; null if there is none.

A row belongs to an identifier, not to a customer: so merges and splits move no row, and a list may name people who
turn up later. Of several rows of one customer the one that stands last in its run holds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.shape import DTYPES, NULLS, Shape
from limner.fold.written import UNSEEN, Key, Rows, keep_rows, read_rows, write_rows
from limner.model.column import NULL_CODE, TagColumn, ValueType
from limner.model.run import Run
from limner.ports.catalog import AuditEntry
from limner.ports.runs import Runs

Numbers = npt.NDArray[np.int32]
NEVER = np.iinfo(np.int64).max
MOST_OPEN = 16
"""Runs whose rows are kept at hand."""
FILE = "{}.arrow"


@dataclass(frozen=True, slots=True)
class DatedColumn:
    """A run's values for the customers that have one, under the links of one moment."""

    run: Run
    customers: Numbers
    """Ascending."""
    column: TagColumn

    def read(self, customers: Numbers) -> TagColumn:
        """For these customers, in their order; null for who has none."""
        places = np.searchsorted(self.customers, customers)
        inside = np.minimum(places, max(len(self.customers) - 1, 0))
        there = self.customers[inside] == customers if len(self.customers) else np.zeros(len(customers), np.bool_)
        kind = self.column.type
        values: npt.NDArray[Any] = np.full(len(customers), NULLS[kind], DTYPES[kind])
        values[there] = self.column.values[inside[there]]
        confidence = None
        if self.column.confidence is not None:
            confidence = np.zeros(len(customers), np.float32)
            confidence[there] = self.column.confidence[inside[there]]
        return replace(self.column, values=values, confidence=confidence)


@dataclass(slots=True)
class Opened:
    """A run's rows, and what is known by now of identifiers that nobody had when it was written."""

    nodes: Numbers
    column: TagColumn
    keys: dict[Key, int]
    """Still unseen: to the row."""
    looked: int = 0
    """Identifiers that were looked through for them."""
    aligned: tuple[Numbers, DatedColumn] | None = None
    """For the links in which they were last asked for: a customer per node."""


@dataclass(frozen=True, slots=True)
class Links:
    """Who is who at a moment, as far as rows ask."""

    root: Numbers
    """The customer of each node."""
    identifiers: Callable[[Sequence[int]], list[Key]] = field(compare=False)
    """(type, value) of nodes."""


class DatedColumns:
    """Those of a workspace; safe to share between threads."""

    def __init__(self, folder: Path, runs: Runs) -> None:
        self._folder, self._runs = folder, runs
        self._lock = RLock()
        self._by_tag: dict[str, list[Run]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._opened: dict[int, Opened] = {}
        self._revision = 0
        for run in runs.runs():
            self._file(run)

    def _file(self, run: Run) -> None:
        found = self._by_tag.setdefault(run.tag, [])
        found.append(run)
        found.sort(key=lambda one: (one.at, one.id))
        self._revision += 1

    @property
    def revision(self) -> int:
        """Moves whenever what is read may have changed."""
        return self._revision

    def runs(self, tag: str | None = None) -> list[Run]:
        """All of a tag, or of all tags, in the order they were added."""
        with self._lock:
            lists = [self._by_tag.get(tag, [])] if tag is not None else list(self._by_tag.values())
            return sorted((run for found in lists for run in found), key=lambda run: run.id)

    def last(self, tag: str, as_of: int) -> Run | None:
        """The run that holds at an instant."""
        with self._lock:
            found = self._by_tag.get(tag, [])
            place = bisect_right(found, as_of, key=lambda run: run.at)
            run = found[place - 1] if place else None
        return None if run is None or (run.expires_at is not None and run.expires_at <= as_of) else run

    def next_change(self, tags: Iterable[str], as_of: int) -> int:
        """The first instant after ``as_of`` at which a run of these tags begins or expires; `NEVER` = none will."""
        with self._lock:
            edges = [edge for tag in tags for run in self._by_tag.get(tag, []) for edge in (run.at, run.expires_at)]
        return min((edge for edge in edges if edge is not None and edge > as_of), default=NEVER)

    def add(self, run: Run, rows: Rows, audit: Sequence[AuditEntry] = ()) -> Run:
        """Keep a run: its file first, so that whatever the catalog names is there."""
        with self._lock:
            number = 1 + max((one.id for one in self.runs()), default=0)
            path = self._path(number)
            write_rows(path, rows)
            try:
                kept = self._runs.add_run(replace(run, id=number), audit)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            if kept.tag in self._words:
                self._words[kept.tag] = join_words(self._words[kept.tag], rows.column.dictionary)
            self._file(kept)
            return kept

    def read(self, tag: str, shape: Shape, as_of: int, links: Links) -> DatedColumn | None:
        """What holds at an instant, for the customers of these links. None = no run; a run of another type than the
        definition's, which must have been another then, is none."""
        run = self.last(tag, as_of)
        if run is None or run.type is not shape.type:
            return None
        with self._lock:
            opened = self._open(run)
            find_unseen(opened, links)
            root = links.root
            if opened.aligned is not None and is_good(opened, opened.aligned[0], root):
                return opened.aligned[1]
            aligned = align(run, opened, root)
            opened.aligned = (root, aligned)
            return aligned

    def forget(self, nodes: Collection[int], keys: Collection[Key]) -> None:
        """Remove the rows of a person from every run."""
        with self._lock:
            for run in self.runs():
                rows = read_rows(self._path(run.id))
                gone = np.isin(rows.nodes, np.array(sorted(nodes), np.int32))
                gone[[place for place, key in rows.keys.items() if key in keys]] = True
                if gone.any():
                    write_rows(self._path(run.id), keep_rows(rows, np.flatnonzero(~gone)))
            self._opened.clear()
            self._words.clear()
            self._revision += 1

    def _path(self, number: int) -> Path:
        return self._folder / FILE.format(number)

    def _open(self, run: Run) -> Opened:
        if run.id not in self._opened:
            while len(self._opened) >= MOST_OPEN:
                self._opened.pop(next(iter(self._opened)))
            rows = read_rows(self._path(run.id))
            column = rows.column
            if column.type is ValueType.TEXT:
                column = recode(column, self._words_of(run.tag))
            self._opened[run.id] = Opened(rows.nodes, column, {key: place for place, key in rows.keys.items()})
        return self._opened[run.id]

    def _words_of(self, tag: str) -> tuple[str, ...]:
        """All words of a tag, in the order its runs brought them: rows of two runs may stand in one column."""
        if tag not in self._words:
            words: tuple[str, ...] = ()
            for run in self.runs(tag):
                words = join_words(words, read_rows(self._path(run.id)).column.dictionary)
            self._words[tag] = words
        return self._words[tag]


def find_unseen(opened: Opened, links: Links) -> None:
    """Look for the run's unseen identifiers among those that were seen since."""
    if opened.keys and len(links.root) > opened.looked:
        fresh = range(opened.looked, len(links.root))
        for node, key in zip(fresh, links.identifiers(fresh), strict=True):
            place = opened.keys.pop(key, None)
            if place is not None:
                opened.nodes[place] = node
                opened.aligned = None
    opened.looked = max(opened.looked, len(links.root))


def is_good(opened: Opened, before: Numbers, root: Numbers) -> bool:
    """Are earlier links as good as these, as far as the run's rows go?"""
    if before is root:
        return True
    if len(before) < len(root) and int(opened.nodes.max(initial=UNSEEN)) >= len(before):
        return False
    return np.array_equal(root[: len(before)], before)


def align(run: Run, opened: Opened, root: Numbers) -> DatedColumn:
    places = np.flatnonzero((opened.nodes >= 0) & (opened.nodes < len(root)))[::-1]
    customers, first = np.unique(root[opened.nodes[places]], return_index=True)
    return DatedColumn(run, customers.astype(np.int32), opened.column.take(places[first]))


def recode(column: TagColumn, words: tuple[str, ...]) -> TagColumn:
    """The same words by the codes of a larger dictionary."""
    codes = {word: code for code, word in enumerate(words)}
    table = np.array([*(codes[word] for word in column.dictionary), NULL_CODE], np.int32)
    return replace(column, values=table[column.values.astype(np.int64)], dictionary=words)


def join_words(words: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*words, *more]))
