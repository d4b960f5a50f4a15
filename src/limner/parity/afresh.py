"""Customers folded from the log alone: a graph made of all observations, values out of the JSON, rows sorted here.

It shares the kernels with the rest, which the tests hold against slow twins, and the dated population summaries, which
are kept as they were made; it shares nothing that is remembered, promoted, compacted or updated in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.fold.fold import fold_present
from limner.fold.plan import Seen, build_plan, needs
from limner.fold.population import Population
from limner.identity.graph import Graph, build_graph
from limner.identity.rules import Rules
from limner.model.column import Folded
from limner.model.tag import Tag
from limner.model.timeline import Column, Kind, Vocabulary
from limner.ports.audit import Audit, Tally
from limner.timeline.base import make_shard

EVENTS_AT_ONCE = 500_000
"""Read and folded together: it bounds memory, apart from a single customer's."""
ORDER = ("customer", "time", "event_id", "source_name")

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who is who and what everybody has, as the log stood at ``tally.seq``."""

    graph: Graph
    """It may know fragments that came later."""
    tally: Tally

    @property
    def owner(self) -> Numbers:
        """The customer of each fragment counted; -1 = nobody's any more."""
        return self.graph.customer_of[: len(self.tally.events)]

    def present(self, instant: int) -> Numbers:
        """Customers with an event by then, ascending."""
        return np.unique(self.owner[(self.owner >= 0) & (self.tally.last > 0) & (self.tally.first <= instant)])

    def touched(self, after: int) -> Numbers:
        """Customers that may have changed with the rows past ``after``."""
        if any(decision.seq > after for decision in self.graph.decisions):
            return np.unique(self.graph.root)  # a decision moves people who have no row of their own in it
        return np.unique(self.owner[self.tally.last > after])

    def sizes(self, customers: Numbers) -> npt.NDArray[np.int64]:
        """Events of each of these ascending customers."""
        return self._gathered(customers, self.tally.events, np.add)

    def latest(self, customers: Numbers) -> npt.NDArray[np.int64]:
        """seq of the last row of each."""
        return self._gathered(customers, self.tally.last, np.maximum)

    def _gathered(self, customers: Numbers, values: npt.NDArray[np.int64], joined: np.ufunc) -> npt.NDArray[np.int64]:
        found = np.zeros(len(customers), np.int64)
        if len(customers):
            places = np.minimum(np.searchsorted(customers, self.owner), len(customers) - 1)
            mine = customers[places] == self.owner
            joined.at(found, places[mine], values[mine])
        return found


def read_ledger(audit: Audit, rules: Rules) -> Ledger:
    tally = audit.tally()
    return Ledger(build_graph(audit.observed(), audit.decisions(), rules), tally)


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be folded, and in which words."""

    tags: tuple[Tag, ...]
    vocabulary: Vocabulary
    """The log's: codes of texts are kept, so that the population's summary can be read."""
    seen: Seen


def fold_afresh(
    audit: Audit, ledger: Ledger, words: Words, customers: Numbers, as_of: int, population: Population | None
) -> Iterator[Folded]:
    """These ascending customers, lot by lot; those without an event by ``as_of`` are left out."""
    read = sorted(needs(words.tags, words.seen))
    columns = [words.vocabulary.columns[key] for key in read if key in words.vocabulary.columns]
    for lot in cut_lots(customers, ledger.sizes(customers)):
        fragments = np.flatnonzero(np.isin(ledger.owner, lot))
        rows = audit.rows(fragments.tolist(), ledger.tally.seq, columns)
        rows = rows.append_column("customer", pa.array(ledger.owner[rows.column("fragment").to_numpy()]))
        rows = rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in ORDER]))
        rows, vocabulary = encode_words(rows, columns, words.vocabulary)
        plan = build_plan(words.tags, vocabulary, words.seen)
        grains = {column.name: column.grain for column in columns if column.grain}
        part = make_shard(rows.drop_columns(["event_id", "source_name"]), vocabulary.zone).to_slice(grains)
        yield fold_present(plan, part, as_of, None, population)


def cut_lots(customers: Numbers, sizes: npt.NDArray[np.int64]) -> list[Numbers]:
    """Of at most `EVENTS_AT_ONCE` events each, unless one customer has more."""
    before = np.cumsum(sizes) - sizes
    edges = np.flatnonzero(np.diff(before // EVENTS_AT_ONCE)) + 1
    return [lot for lot in np.split(customers, edges) if len(lot)]


def encode_words(rows: pa.Table, columns: Sequence[Column], vocabulary: Vocabulary) -> tuple[pa.Table, Vocabulary]:
    """The rows with codes for texts, and the vocabulary with the words it did not know behind those it did."""
    dictionaries: dict[str, tuple[str, ...]] = dict(vocabulary.dictionaries)
    for column in columns:
        if column.kind is not Kind.TEXT:
            continue
        place = rows.column_names.index(column.name)
        values = rows.column(place).combine_chunks()
        flat = values.flatten() if column.grain else values
        known = pa.array(vocabulary.dictionaries[column.name], pa.string())
        unknown = pc.unique(flat.filter(pc.invert(pc.is_in(flat, known)))).drop_null()
        words = pa.concat_arrays([known, unknown.cast(pa.string())])
        codes = pc.index_in(flat, words).cast(pa.int32())
        if column.grain:
            codes = pa.ListArray.from_arrays(offsets_of(values), codes, mask=pc.is_null(values))
        rows = rows.set_column(place, column.name, codes)
        dictionaries[column.name] = tuple(words.to_pylist())
    return rows, replace(vocabulary, dictionaries=dictionaries)


def offsets_of(lists: pa.ListArray) -> pa.Array:
    """From 0 on, whatever the array was cut from."""
    lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
