"""The rows a run writes of a tag, and the file they are kept in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.errors import DataError
from limner.fold.shape import DTYPES, Shape, empty_column
from limner.model.column import NULL_CODE, TagColumn, ValueType

Numbers = npt.NDArray[np.int32]
Key = tuple[str, str]
"""Type and normalised value of an identifier."""
UNSEEN = -1
"""Instead of a node: no event carries the identifier yet."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a run writes."""

    nodes: Numbers
    """Per row, the identifier it is of, or `UNSEEN`; a customer's number is one of its own."""
    keys: Mapping[int, Key]
    """Of rows whose identifier was not seen yet, by place."""
    column: TagColumn
    """A value per row."""


def keep_rows(rows: Rows, places: npt.NDArray[np.int64]) -> Rows:
    """Some of the rows, without words that only others had."""
    moved = {int(old): new for new, old in enumerate(places)}
    column = rows.column.take(places)
    if column.type is ValueType.TEXT:
        column = drop_words(column)
    keys = {moved[place]: key for place, key in rows.keys.items() if place in moved}
    return Rows(rows.nodes[places], keys, column)


def drop_words(column: TagColumn) -> TagColumn:
    """The same without words that no row has."""
    codes: npt.NDArray[Any] = column.values
    used = np.unique(codes[codes >= 0])
    values = np.where(codes < 0, NULL_CODE, np.searchsorted(used, codes)).astype(np.int32)
    return replace(column, values=values, dictionary=tuple(column.dictionary[code] for code in used.tolist()))


def write_rows(path: Path, rows: Rows) -> None:
    """One Arrow file under its name, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    column = rows.column
    described = {"type": column.type.value, "scale": str(column.scale)}
    places = range(len(rows.nodes)) if rows.keys else ()
    table = pa.table(
        {
            "node": pa.array(rows.nodes, pa.int32()),
            "kind": name_keys([rows.keys.get(place, (None, None))[0] for place in places], len(rows.nodes)),
            "key": name_keys([rows.keys.get(place, (None, None))[1] for place in places], len(rows.nodes)),
            "value": encode_values(column),
        }
    )
    if column.confidence is not None:
        table = table.append_column("confidence", pa.array(column.confidence, pa.float32()))
    table = table.replace_schema_metadata(described)
    beside = path.with_suffix(".new")
    with pa.OSFile(str(beside), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    sync_file(beside)
    beside.replace(path)


def name_keys(words: list[str | None], rows: int) -> pa.Array:
    return pa.array(words, pa.string()) if words else pa.nulls(rows, pa.string())


def sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def encode_values(column: TagColumn) -> pa.Array:
    if column.type is not ValueType.TEXT:
        return pa.array(column.values)
    values: npt.NDArray[Any] = column.values
    codes = pa.array(values, pa.int32(), mask=values < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(column.dictionary, pa.string()))


def read_rows(path: Path) -> Rows:
    """Raises DataError on a file that is missing or damaged."""
    try:
        with pa.OSFile(str(path)) as file:
            table = pa.ipc.open_file(file).read_all().combine_chunks()
        described = table.schema.metadata
        kind, scale = ValueType(described[b"type"].decode()), int(described[b"scale"])
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"The dated column {path} cannot be read: {error}.", hint="Import it, or run it, once more."
        ) from error
    nodes = np.array(table.column("node").to_numpy(), np.int32)
    unseen = np.flatnonzero(nodes < 0).tolist()
    few = table.select(["kind", "key"]).take(pa.array(unseen, pa.int64())).to_pydict()
    named = zip(unseen, few["kind"], few["key"], strict=True)
    keys = {place: (type, key) for place, type, key in named if key is not None}
    column = decode_values(table.column("value"), kind, scale)
    if "confidence" in table.column_names:
        column = replace(column, confidence=np.array(table.column("confidence").to_numpy(), np.float32))
    return Rows(nodes, keys, column)


def decode_values(values: pa.ChunkedArray, kind: ValueType, scale: int) -> TagColumn:
    if kind is not ValueType.TEXT:
        return TagColumn(kind, np.asarray(values.to_numpy(), DTYPES[kind]), scale)
    if not len(values):
        return empty_column(Shape(kind), 0)
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    codes = np.asarray(whole.indices.fill_null(NULL_CODE).to_numpy(zero_copy_only=False), np.int32)
    return TagColumn(kind, codes, 0, tuple(whole.dictionary.to_pylist()))
