"""The formats tables leave in: written piece by piece, so that nobody holds a file in memory.

In CSV, lists are joined by ``|``. NDJSON has an object a line with the values a portrait shows.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from limner.errors import DataError, Unavailable, did_you_mean
from limner.timeline.zone import local_micros

BLOCK = 1 << 18
"""Most bytes that are handed on at once."""
ESCAPED = r'["\\\x00-\x1f]'
"""What JSON cannot have in a text as it is."""
FRACTION = r"\.000000$"


class Format(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]

    @property
    def rows(self) -> int:
        """Of a piece. In Parquet it is a row group, which readers like large; the rest may be small, so that whoever
        waits for Python's lock gets it often."""
        return 1 << 16 if self is Format.PARQUET else 1 << 13


MEDIA_TYPES = {
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.NDJSON: "application/x-ndjson",
}


def read_format(text: str) -> Format:
    """The format of that name. Raises DataError."""
    try:
        return Format(text)
    except ValueError:
        hint = did_you_mean(text, list(Format)) or f"There are {', '.join(Format)}."
        raise DataError(f"There is no format {text!r}.", hint=hint) from None


def format_of(path: Path, named: str | None = None) -> Format:
    """What is to be written: the format named, else as the file's name ends. Raises DataError."""
    if named is not None:
        return read_format(named)
    ending = path.suffix.lower().removeprefix(".")
    if ending not in list(Format):
        endings = " nor ".join(f".{each}" for each in Format)
        raise DataError(f"{path} ends in neither {endings}.", hint="Its ending says what is written: use one of them.")
    return Format(ending)


def stream(pieces: Iterable[pa.RecordBatch], schema: pa.Schema, format: Format, zone: str) -> Iterator[bytes]:
    """The file's bytes, no more of them in memory than of one piece; a piece is made when its bytes are asked for."""
    sink = _Sink()
    writer = _open(sink, schema, format, zone)
    for piece in pieces:
        writer.write(piece)
        yield from sink.take()
    writer.close()
    yield from sink.take()


def unfinished(path: Path, pid: int) -> Path:
    """Where a process writes the file until it is whole."""
    return path.with_name(f".{path.name}.{pid}.new")


def write_file(blocks: Iterable[bytes], path: Path) -> None:
    """Whole or not at all. Raises Unavailable when the disk is full, DataError when there can be no such file."""
    fresh = unfinished(path, os.getpid())
    try:
        with fresh.open("wb") as file:
            for block in blocks:
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise DataError(f"{path} cannot be written: {error.strerror}.", hint="Name another place.") from error
        hint = "Free some space and export again."
        raise Unavailable(f"The disk is full: {path} was not written.", hint=hint) from error
    finally:
        fresh.unlink(missing_ok=True)


class _Sink(io.RawIOBase):
    """A file whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self._size += len(self._parts[-1])
        return len(self._parts[-1])

    def take(self) -> Iterator[bytes]:
        written = b"".join(self._parts)
        self._parts.clear()
        for begin in range(0, len(written), BLOCK):
            yield written[begin : begin + BLOCK]


class _Writer(Protocol):
    def write(self, piece: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


def _open(sink: _Sink, schema: pa.Schema, format: Format, zone: str) -> _Writer:
    match format:
        case Format.PARQUET:
            return pa.parquet.ParquetWriter(sink, schema, compression="zstd")  # type: ignore[no-any-return]
        case Format.CSV:
            return _Csv(sink, schema)
        case Format.NDJSON:
            return _Lines(sink, zone)


class _Csv:
    def __init__(self, sink: _Sink, schema: pa.Schema) -> None:
        self._writer = pa.csv.CSVWriter(sink, _flatten(pa.RecordBatch.from_pylist([], schema)).schema)

    def write(self, piece: pa.RecordBatch) -> None:
        self._writer.write(_flatten(piece))

    def close(self) -> None:
        self._writer.close()


def _flatten(piece: pa.RecordBatch) -> pa.RecordBatch:
    """CSV knows no lists and no dictionaries."""
    return pa.RecordBatch.from_arrays([_flat(column) for column in piece.columns], piece.schema.names)


def _flat(column: pa.Array) -> pa.Array:
    if is_list(column.type):
        return pc.binary_join(pc.cast(column, pa.list_(pa.string())), "|")
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def is_list(type: pa.DataType) -> bool:
    return bool(pa.types.is_list(type) or pa.types.is_large_list(type))


def replace_items(lists: pa.Array, items: pa.Array) -> pa.Array:
    """The same lists with other items in the places of theirs."""
    return type(lists).from_arrays(lists.offsets, items, mask=lists.is_null())


class _Lines:
    """Put together by Arrow, column by column: Python's lock is nobody's while it is at it."""

    def __init__(self, sink: _Sink, zone: str) -> None:
        self._sink, self._zone = sink, zone

    def write(self, piece: pa.RecordBatch) -> None:
        members: list[Any] = []
        for name, column in zip(piece.schema.names, piece.columns, strict=True):
            members += [f"{',' if members else '{'}{quote(name)}:", pc.fill_null(spell(column, self._zone), "null")]
        lines = pc.binary_join_element_wise(*members, "}\n", "")
        _, offsets, text = lines.buffers()
        if len(lines):
            self._sink.write(text[: np.frombuffer(offsets, np.int32)[len(lines)]])

    def close(self) -> None:
        """Nothing follows the last line."""


def spell(column: pa.Array, zone: str) -> pa.Array:
    """A column's values as JSON; null stays null."""
    if is_list(column.type):
        lists = replace_items(column, spell(column.values, zone))
        return pc.binary_join_element_wise("[", pc.binary_join(lists, ","), "]", "")
    if pa.types.is_dictionary(column.type):
        return spell(column.dictionary, zone).take(column.indices)
    if pa.types.is_timestamp(column.type):
        return spell_times(column, zone)
    if pa.types.is_string(column.type):
        return spell_texts(column)
    if pa.types.is_floating(column.type):  # JSON has no infinity
        column = pc.if_else(pc.is_finite(column), column, None)
    return pc.cast(column, pa.string())


def spell_texts(texts: pa.Array) -> pa.Array:
    spelt = pc.binary_join_element_wise('"', texts, '"', "")
    odd = pc.fill_null(pc.match_substring_regex(texts, ESCAPED), False)
    if not pc.any(odd).as_py():
        return spelt
    return pc.replace_with_mask(spelt, odd, pa.array([quote(text) for text in texts.filter(odd).to_pylist()]))


def quote(text: str) -> str:
    return msgspec.json.encode(text).decode()


def spell_times(times: pa.Array, zone: str) -> pa.Array:
    """ISO 8601 with the zone's offset, as `limner.model.clock.iso_time` gives it."""
    instants = pc.fill_null(times.view(pa.int64()), 0).to_numpy()
    local = local_micros(instants, zone)
    text = pc.cast(pa.array(local).view(pa.timestamp("us")), pa.string())
    text = pc.replace_substring_regex(pc.replace_substring(text, " ", "T"), FRACTION, "")
    shifts, places = np.unique(local - instants, return_inverse=True)
    offsets = pa.array([spell_offset(shift) for shift in shifts.tolist()], pa.string()).take(pa.array(places))
    return pc.if_else(times.is_valid(), pc.binary_join_element_wise('"', text, offsets, '"', ""), None)


def spell_offset(shift: int) -> str:
    """Of so many µs.

    >>> spell_offset(8 * 3_600_000_000), spell_offset(-12_600_000_000)
    ('+08:00', '-03:30')
    """
    seconds = abs(shift) // 1_000_000
    text = f"{'-' if shift < 0 else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
