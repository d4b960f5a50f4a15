"""Folded columns as a table: a row per customer, for files and data frames.

Columns: ``customer_id``; one per identifier type, holding the value first seen; for a type of which somebody has
several, ``TYPE_all`` with all of them as a list; one per tag. A tag keeps its name whatever it is: an identifier
column of the same name is called ``id.TYPE``, and a tag called ``customer_id`` is ``tag.customer_id``.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from limner.errors import DataError, Unavailable
from limner.fold.portrait import read_column
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.event import IDENTIFIER_PREFIX

CUSTOMER_ID = "customer_id"
ROW_GROUP = 1 << 17
Rows = npt.NDArray[np.int64]


def export_table(
    folded: Folded, tags: Iterable[str], identifiers: pa.Table, zone: str, rows: Rows | None = None
) -> pa.Table:
    """A row per customer, in the order of ``folded`` (of ``rows`` if given: places in ``folded.customers``).

    ``identifiers`` has columns customer (int), type and value (text), first seen first; those of other customers are
    skipped. Types: integers int64, decimals and floats float64, text dictionary-encoded, times timestamp[us, UTC],
    lists as lists; no value is null.
    """
    chosen = list(tags)
    customers = folded.customers if rows is None else folded.customers[rows]
    columns: dict[str, pa.Array] = {CUSTOMER_ID: name_customers(customers)}
    for name, array in _identifier_columns(customers, identifiers):
        clash = name in columns or name in chosen
        columns[f"{IDENTIFIER_PREFIX}{name}" if clash else name] = array
    for name in chosen:
        column = read_column(folded.columns[name], folded.as_of, zone)
        columns[f"tag.{name}" if name == CUSTOMER_ID else name] = as_arrow(column, rows)
    return pa.table(columns)


def name_customers(customers: npt.NDArray[np.int32]) -> pa.Array:
    """Customer ids (``c<number>``) of customer numbers."""
    return pc.binary_join_element_wise("c", pc.cast(pa.array(customers), pa.string()), "")


def _identifier_columns(customers: npt.NDArray[np.int32], identifiers: pa.Table) -> Iterator[tuple[str, pa.Array]]:
    """Per type, in order of name: the first value of each customer, and all values if anybody has several."""
    order = np.argsort(customers, kind="stable")
    ascending = customers[order]
    owner = identifiers["customer"].to_numpy()
    place = np.minimum(np.searchsorted(ascending, owner), max(len(customers) - 1, 0))
    known = ascending[place] == owner if len(customers) else np.zeros(len(owner), bool)
    types = identifiers["type"].combine_chunks()
    values = identifiers["value"].combine_chunks()
    for name in sorted(filter(None, pc.unique(types).to_pylist())):
        of_type = known & pc.equal(types, name).to_numpy(zero_copy_only=False)
        found = np.flatnonzero(of_type)
        row = order[place[found]]
        grouped = found[np.argsort(row, kind="stable")]
        counts = np.bincount(row, minlength=len(customers))
        offsets = np.concatenate(([0], np.cumsum(counts)))
        sorted_values = values.take(pa.array(grouped))
        yield name, sorted_values.take(pa.array(offsets[:-1], mask=counts == 0))
        if len(counts) and counts.max() > 1:
            yield f"{name}_all", _as_lists(sorted_values, offsets)


# --- columns ---------------------------------------------------------------------------------------------------------


def as_arrow(column: TagColumn, rows: Rows | None = None) -> pa.Array:
    """One column's values (those of ``rows`` if given), as they are stored: resolve ``since_last`` before."""
    if column.offsets is not None:
        lists = _as_lists(_items(column), column.offsets)
        return lists if rows is None else lists.take(pa.array(rows))
    values: npt.NDArray[Any] = column.values if rows is None else column.values[rows]
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


def _items(column: TagColumn) -> pa.Array:
    values: npt.NDArray[Any] = column.values
    if column.type is ValueType.TEXTS:
        return pa.array(column.dictionary, pa.string()).take(pa.array(values))
    return pa.array(values / 10.0**column.scale)


def _as_counts(values: npt.NDArray[np.int32]) -> pa.Array:
    rows, width = values.shape
    empty: npt.NDArray[np.bool_] = np.logical_not(values.any(axis=1))
    return _as_lists(pa.array(values.reshape(-1)), np.arange(rows + 1, dtype=np.int64) * width, empty)


def _as_lists(items: pa.Array, offsets: Rows, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Lists of ``items``; an empty one is null, or those ``missing`` says."""
    nulls = pa.array(offsets[1:] == offsets[:-1] if missing is None else missing)
    if len(items) < 1 << 31:
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items, mask=nulls)
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), items, mask=nulls)


def _as_words(codes: npt.NDArray[np.int32], dictionary: Sequence[str]) -> pa.DictionaryArray:
    """Dictionary-encoded text with the words that occur only, since a column may share a far larger dictionary."""
    missing = codes == NULL_CODE
    occurs = np.bincount(codes[~missing], minlength=1) > 0
    used = np.flatnonzero(occurs)
    places = np.cumsum(occurs, dtype=np.int32) - 1
    return pa.DictionaryArray.from_arrays(
        pa.array(places[np.where(missing, 0, codes)], mask=missing),
        pa.array([dictionary[code] for code in used.tolist()], pa.string()),
    )


# --- files -----------------------------------------------------------------------------------------------------------


def write_table(table: pa.Table, path: Path) -> None:
    """Write Parquet (zstd) or CSV, as the name ends; whole or not at all. In CSV, lists are joined by ``|``.

    Raises DataError for another ending and Unavailable when the disk is full.
    """
    ending = path.suffix.lower()
    if ending not in (".parquet", ".csv"):
        raise DataError(
            f"{path} ends in neither .parquet nor .csv.", hint="Its ending says what is written: use one of the two."
        )
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if ending == ".parquet":
            pa.parquet.write_table(table, fresh, row_group_size=ROW_GROUP, compression="zstd")
        else:
            pa.csv.write_csv(_flatten(table), fresh)
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        hint = "Free some space and export again."
        raise Unavailable(f"The disk is full: {path} was not written.", hint=hint) from error
    finally:
        fresh.unlink(missing_ok=True)


def _flatten(table: pa.Table) -> pa.Table:
    """CSV knows no lists and no dictionaries."""
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
            column = pc.binary_join(pc.cast(column, pa.list_(pa.string())), "|")
        elif pa.types.is_dictionary(field.type):
            column = pc.cast(column, pa.string())
        table = table.set_column(place, field.name, column)
    return table
