"""Folded columns as a table: a row per customer, for files and data frames.

Columns: ``customer_id``; one per identifier type, holding the value first seen; for a type of which somebody has
several, ``TYPE_all`` with all of them as a list; one per tag. A tag keeps its name whatever it is: an identifier
column of the same name is called ``id.TYPE``, and a tag called ``customer_id`` is ``tag.customer_id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.fold.portrait import read_column
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.event import IDENTIFIER_PREFIX

CUSTOMER_ID = "customer_id"
Rows = npt.NDArray[np.int64]
NOBODY = pa.table(
    {"customer": pa.array([], pa.int32()), "type": pa.array([], pa.string()), "value": pa.array([], pa.string())}
)
"""For rosters without identifiers."""


class Roster:
    """The table, made piece by piece: all pieces have one schema, and nothing but the columns is held in full."""

    def __init__(
        self, folded: Folded, tags: Iterable[str], identifiers: pa.Table, zone: str, rows: Rows | None = None
    ) -> None:
        """In the order of ``folded`` (of ``rows`` if given: places in ``folded.customers``).

        ``identifiers`` has columns customer (int), type and value (text), first seen first; those of other customers
        are skipped. Types: integers int64, decimals and floats float64, text dictionary-encoded, times
        timestamp[us, UTC], lists as lists; no value is null.
        """
        self.folded = folded
        self._zone = zone
        self._rows = np.arange(len(folded.customers)) if rows is None else rows
        self.tags = {f"tag.{name}" if name == CUSTOMER_ID else name: name for name in tags}
        """Their names, by column."""
        self._named = self._name_identifiers(list(find_identified(folded.customers[self._rows], identifiers)))
        self.identifiers = {name: each.type for name, each in self._named.items()}
        """The types of identifiers, by column."""
        self.schema = self.cut(0, 0).schema

    def __len__(self) -> int:
        return len(self._rows)

    def cut(self, begin: int, end: int) -> pa.RecordBatch:
        """The rows from ``begin`` to before ``end``."""
        rows = self._rows[begin:end]
        columns = {CUSTOMER_ID: name_customers(self.folded.customers[rows])}
        columns |= {name: each.cut(begin, begin + len(rows)) for name, each in self._named.items()}
        for title, tag in self.tags.items():
            column = self.folded.columns[tag].take(rows)
            columns[title] = as_arrow(read_column(column, self.folded.as_of, self._zone))
        return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))

    def cuts(self, size: int) -> Iterator[pa.RecordBatch]:
        """All of it, ``size`` rows at a time."""
        for begin in range(0, len(self), size):
            yield self.cut(begin, begin + size)

    def _name_identifiers(self, found: Sequence[Identified]) -> dict[str, Identified]:
        named: dict[str, Identified] = {}
        for each in found:
            clash = each.title in named or each.title in self.tags or each.title == CUSTOMER_ID
            named[f"{IDENTIFIER_PREFIX}{each.title}" if clash else each.title] = each
        return named


def export_table(
    folded: Folded, tags: Iterable[str], identifiers: pa.Table, zone: str, rows: Rows | None = None
) -> pa.Table:
    """A whole roster."""
    roster = Roster(folded, tags, identifiers, zone, rows)
    return pa.Table.from_batches([roster.cut(0, len(roster))])


def name_customers(customers: npt.NDArray[np.int32]) -> pa.Array:
    """Customer ids (``c<number>``) of customer numbers."""
    return pc.binary_join_element_wise("c", pc.cast(pa.array(customers), pa.string()), "")


@dataclass(frozen=True, slots=True)
class Identified:
    """The identifiers of one type, by customer: the first of each, or a list of all."""

    type: str
    listed: bool
    values: pa.Array
    places: Rows
    """In ``values``, customer by customer."""
    offsets: Rows

    @property
    def title(self) -> str:
        return f"{self.type}_all" if self.listed else self.type

    def cut(self, begin: int, end: int) -> pa.Array:
        """Of the customers from ``begin`` to before ``end``."""
        offsets = self.offsets[begin : end + 1]
        values = self.values.take(pa.array(self.places[offsets[0] : offsets[-1]]))
        if self.listed:
            return as_lists(values, offsets - offsets[0])
        return values.take(pa.array(offsets[:-1] - offsets[0], mask=offsets[1:] == offsets[:-1]))


def find_identified(customers: npt.NDArray[np.int32], identifiers: pa.Table) -> Iterator[Identified]:
    """Per type, in order of name: the first value of each customer, and all values if anybody has several."""
    order = np.argsort(customers, kind="stable")
    ascending = customers[order]
    owner = identifiers["customer"].to_numpy()
    place = np.minimum(np.searchsorted(ascending, owner), max(len(customers) - 1, 0))
    known = ascending[place] == owner if len(customers) else np.zeros(len(owner), bool)
    types = identifiers["type"].combine_chunks()
    values = identifiers["value"].combine_chunks()
    for name in sorted(filter(None, pc.unique(types).to_pylist())):
        found = np.flatnonzero(known & pc.equal(types, name).to_numpy(zero_copy_only=False))
        row = order[place[found]]
        places = found[np.argsort(row, kind="stable")]
        counts = np.bincount(row, minlength=len(customers))
        offsets = np.concatenate(([0], np.cumsum(counts)))
        yield Identified(name, False, values, places, offsets)
        if counts.max(initial=0) > 1:
            yield Identified(name, True, values, places, offsets)


def as_arrow(column: TagColumn) -> pa.Array:
    """One column's values, as they are stored: resolve ``since_last`` before."""
    if column.offsets is not None:
        return as_lists(_items(column), column.offsets)
    values: npt.NDArray[Any] = column.values
    match column.type:
        case ValueType.COUNTS:
            array = _as_counts(values)
        case ValueType.TEXT:
            array = _as_words(values, column.dictionary)
        case ValueType.BOOL:
            array = pa.array(values == 1, mask=values == -1)
        case ValueType.FLOAT:
            array = pa.array(values, mask=np.isnan(values))
        case ValueType.TIME:
            array = pa.array(values, mask=values == NULL_NUMBER).view(pa.timestamp("us", tz="UTC"))
        case ValueType.DECIMAL:
            array = pa.array(values / 10.0**column.scale, mask=values == NULL_NUMBER)
        case _:
            array = pa.array(values, mask=values == NULL_NUMBER)
    return array


def as_lists(items: pa.Array, offsets: Rows, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Lists of ``items``; an empty one is null, or those ``missing`` says."""
    nulls = pa.array(offsets[1:] == offsets[:-1] if missing is None else missing)
    if len(items) < 1 << 31:
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items, mask=nulls)
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), items, mask=nulls)


def _items(column: TagColumn) -> pa.Array:
    values: npt.NDArray[Any] = column.values
    if column.type is ValueType.TEXTS:
        return _as_words(values, column.dictionary).dictionary_decode()
    return pa.array(values / 10.0**column.scale)


def _as_counts(values: npt.NDArray[np.int32]) -> pa.Array:
    rows, width = values.shape
    empty: npt.NDArray[np.bool_] = np.logical_not(values.any(axis=1))
    return as_lists(pa.array(values.reshape(-1)), np.arange(rows + 1, dtype=np.int64) * width, empty)


def _as_words(codes: npt.NDArray[np.int32], dictionary: Sequence[str]) -> pa.DictionaryArray:
    """Dictionary-encoded text with the words that occur only, since a column may share a far larger dictionary."""
    missing = codes == NULL_CODE
    used, places = np.unique(codes[~missing], return_inverse=True)
    indices = np.zeros(len(codes), np.int32)
    indices[~missing] = places
    return pa.DictionaryArray.from_arrays(
        pa.array(indices, mask=missing), pa.array([dictionary[code] for code in used.tolist()], pa.string())
    )
