"""A trial: a draft folded for some customers without changing anything. Properties that have no column yet are read
from the JSON of just those events the draft looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.fold.properties import Seen, folds_of, grains_of, kinds_seen, list_grains, properties_of
from limner.model.fold import Fold
from limner.model.references import selections_read, tags_read
from limner.model.tag import Tag
from limner.model.timeline import Column, Kind, Vocabulary
from limner.ports.events import Documents
from limner.timeline.shard import Array, Lists, Shard, read_lists, read_values

SLACK = 48
"""Hours by which local days may reach further back than as many times 24."""

Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]


def gather_inputs(draft: Tag, tags: Sequence[Tag]) -> list[Tag]:
    """The draft after all it is worked out from; after all tags where it names one that is not there: the plan then
    says what was meant."""
    known = {tag.name: tag for tag in tags}
    found: dict[str, Tag] = {}
    waiting = list(tags_read(draft.definition))
    while waiting:
        name = waiting.pop()
        if name not in known:
            return [*tags, draft]
        if name not in found:
            found[name] = known[name]
            waiting += tags_read(known[name].definition)
    return [*(tag for tag in tags if tag.name in found), draft]


@dataclass(frozen=True, slots=True)
class Lack:
    """What a trial has to read from JSON, because no column has it."""

    folds: tuple[Fold, ...]
    """Those that read any of it."""
    grains: frozenset[str]
    """Lists that have to be read anew: elements of one list stand in one table."""

    def columns(self, vocabulary: Vocabulary, seen: Seen) -> list[Column]:
        """A column for each property of the folds that has none, or whose list is read anew."""
        kinds = kinds_seen(seen)
        pairs = sorted({pair for fold in self.folds for pair in properties_of(fold, kinds) if pair[0] != "time"})
        wanted = [p for p in pairs if p not in vocabulary.columns or self.grains & set(list_grains([p[0]]))]
        return [Column(f"trial{place}", path, kind) for place, (path, kind) in enumerate(wanted)]

    def rows(self, shard: Shard, vocabulary: Vocabulary, as_of: int) -> Rows:
        """The events these folds may look at."""
        chosen = [selection.names for fold in self.folds for selection in selections_read(fold)]
        times: Any = shard.columns["time"]
        mask = (times <= as_of) & (times >= min(reach_back(fold, as_of) for fold in self.folds))
        if all(chosen):
            names = {name for some in chosen for name in some}
            codes = [code for code, name in enumerate(vocabulary.names) if name in names]
            mask = mask & np.isin(shard.columns["name"], codes)
        return np.flatnonzero(mask)


def reach_back(fold: Fold, as_of: int) -> int:
    """An instant before which the fold looks at no event."""
    window = fold.window
    if window.within is None or window.anchor is not None:
        return int(np.iinfo(np.int64).min)
    spans = [span for span in (window.within, window.before) if span is not None]
    hours = sum(span.length * (24 if span.unit == "d" else 1) for span in spans)
    return as_of - (hours + SLACK) * 3_600_000_000


def find_lack(tags: Sequence[Tag], vocabulary: Vocabulary, seen: Mapping[str, frozenset[str]]) -> Lack | None:
    """What these tags read that no column has; None = nothing. ``seen``: what is known of properties' types."""
    folds = [fold for fold, _ in folds_of(tags).values()]
    kinds = kinds_seen(lambda path: seen.get(path, frozenset()))

    def lacks(fold: Fold) -> list[str]:
        return [path for path, kind in properties_of(fold, kinds)
                if path != "time" and (path not in seen or (path, kind) not in vocabulary.columns)]  # fmt: skip

    missing = [path for fold in folds for path in lacks(fold)]
    if not missing:
        return None
    grains = frozenset(list_grains(missing))
    return Lack(tuple(fold for fold in folds if lacks(fold) or grains & set(grains_of(fold))), grains)


@dataclass(slots=True)
class Turns:
    """Customers in the order they were drawn: the rows of some more are read as long as there is time."""

    places: Numbers
    """In the shard."""
    sums: npt.NDArray[np.int64]
    """Rows to be read up to each of them."""
    most: int
    left_out: int
    """Customers with so many rows that there would be time for few others."""
    taken: int = 0

    @property
    def read(self) -> int:
        """Rows."""
        return int(self.sums[self.taken - 1]) if self.taken else 0

    def take(self, rows: int) -> Numbers:
        """Those whose turn it is, with at most so many rows together, but one at least; nobody when all had theirs, or
        there would be too many rows with the next, who is not the first that has any."""
        begin = self.taken
        end = int(np.searchsorted(self.sums, min(self.read + rows, self.most), "right"))
        if end <= begin < len(self.places) and (not self.read or self.sums[begin] <= self.most):
            end = begin + 1
        self.taken = max(begin, end)
        return self.places[begin : self.taken]


def begin_turns(shard: Shard, rows: Rows, order: Numbers, most: int) -> Turns:
    """``order``: places of customers in the shard."""
    each = (np.searchsorted(rows, shard.offsets[1:]) - np.searchsorted(rows, shard.offsets[:-1]))[order]
    some = each <= max(most // 4, int(min(each[each > 0], default=0)))
    return Turns(order[some], np.cumsum(each[some]), most, int(np.count_nonzero(~some)))


def take_customers(shard: Shard, places: Numbers) -> Shard:
    """Some of the customers of a shard."""
    lengths = np.diff(shard.offsets)[places]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = np.arange(int(offsets[-1])) + np.repeat(shard.offsets[places] - offsets[:-1], lengths)
    columns = {name: array[rows] for name, array in shard.columns.items()}
    return Shard(shard.customers[places], offsets, columns, {k: take_lists(v, rows) for k, v in shard.lists.items()})


def take_lists(lists: Lists, rows: npt.NDArray[np.int64]) -> Lists:
    lengths = np.diff(lists.offsets)[rows]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(int(offsets[-1])) + np.repeat(lists.offsets[rows] - offsets[:-1], lengths)
    return Lists(offsets.astype(np.int32), lists.values[places])


def add_columns(
    shard: Shard,
    rows: Rows,
    columns: Sequence[Column],
    documents: Documents,
    vocabulary: Vocabulary,
    grains: Mapping[str, str],
) -> tuple[Shard, Vocabulary, dict[str, str]]:
    """The shard with these columns, filled in these rows; the vocabulary that has them, and the grains of lists."""
    anew = {column.grain for column in columns if column.grain}
    lists = {name: values for name, values in shard.lists.items() if grains.get(name) not in anew}
    arrays, dictionaries = dict(shard.columns), dict(vocabulary.dictionaries)
    values = documents.values(columns)
    place = np.searchsorted(values.column("n").to_numpy(), shard.columns["seq"][rows].astype(np.int64))
    for column in columns:
        found, words = encode_words(values.column(column.name).combine_chunks(), column)
        taken = found.take(pa.array(place, pa.int64()))
        if words is not None:
            dictionaries[column.name] = words
        if column.grain:
            lists[column.name] = spread_lists(read_lists(taken), rows, shard.rows)
        else:
            arrays[column.name] = spread_values(read_values(taken), rows, shard.rows, column)
    known = {**vocabulary.columns, **{(column.path, column.kind): column for column in columns}}
    extended = replace(vocabulary, columns=known, dictionaries=dictionaries)
    added = {column.name: column.grain for column in columns if column.grain}
    return Shard(shard.customers, shard.offsets, arrays, lists), extended, {**grains, **added}


def encode_words(values: Any, column: Column) -> tuple[Any, tuple[str, ...] | None]:
    """Texts as codes of a dictionary of their own; others as they are."""
    if column.kind is not Kind.TEXT:
        return values, None
    flat = values.flatten() if column.grain else values
    words = pc.unique(flat).drop_null().cast(pa.string())
    codes = pc.index_in(flat, value_set=words).cast(pa.int32())
    if column.grain:
        lengths = values.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        codes = pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32()), codes)
    return codes, tuple(words.to_pylist())


def spread_values(values: Array, rows: Rows, size: int, column: Column) -> Array:
    """Over all rows, missing in the others."""
    kind, null = (np.int32, -1) if column.kind is Kind.TEXT else (np.int64, np.iinfo(np.int64).min)
    whole: Array = np.full(size, null, kind)
    whole[rows] = values
    return whole


def spread_lists(lists: Lists, rows: Rows, size: int) -> Lists:
    """Over all rows, without elements in the others."""
    lengths = np.zeros(size, np.int32)
    lengths[rows] = np.diff(lists.offsets)
    return Lists(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32), lists.values)
