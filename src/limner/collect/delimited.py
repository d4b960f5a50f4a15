"""CSV and its kin: delimiter and encoding found out, quoted line ends kept, and no bad row stops the reading."""

from __future__ import annotations

import csv
import io
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.encoding import SAMPLE_BYTES, detect_encoding
from limner.collect.lines import open_bytes, position_in, read_head
from limner.collect.rowfile import BATCH_ROWS, NULL_WORDS, RowBatch, RowFile, text_table, unique_names
from limner.errors import DataError
from limner.ports.rejects import Reject

DELIMITERS = ",\t;|"
_SAMPLE_ROWS = 50


def open_delimited(path: Path, encoding: str | None = None, delimiter: str | None = None) -> RowFile:
    """DataError when the file cannot be opened or is empty."""
    sample = read_head(path, SAMPLE_BYTES)
    encoding = encoding or detect_encoding(sample, str(path))
    if encoding == "utf-8" and sample.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    text = sample.decode(encoding, "replace")
    if not text.strip():
        raise DataError(f"{path} is empty.")
    delimiter = delimiter or find_delimiter(text)
    form = _Form(path, encoding, delimiter)
    with form.open() as file:
        columns = unique_names(next(iter(_Records(file, delimiter))).fields)
    return RowFile(str(path), columns, _batches(form, columns), path.stat().st_size)


@dataclass(frozen=True, slots=True)
class _Form:
    path: Path
    encoding: str
    delimiter: str

    def open(self) -> io.TextIOWrapper[BinaryIO]:
        """The text; bytes that are not of the encoding as lone surrogates."""
        return io.TextIOWrapper(cast(BinaryIO, open_bytes(self.path)), self.encoding, "surrogateescape", newline="")


def find_delimiter(text: str) -> str:
    """The one that cuts the first rows into the most columns, the same number for nearly all of them.

    >>> find_delimiter("a;b;c\\n1,5;2;3\\n")
    ';'
    """
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row, _ in zip(reader, range(_SAMPLE_ROWS)) if row]
        except csv.Error:
            continue
        width = widths[0] if widths else 0
        score = (width - 1) * (widths.count(width) / len(widths)) ** 3 if widths else 0
        if score > most:
            best, most = delimiter, score
    return best


@dataclass(slots=True)
class _Record:
    line: int
    text: str
    fields: list[str]
    fault: str | None = None


@dataclass(slots=True)
class _Records:
    """The records of a file, with their first lines. A quote never closed costs its own line, not those after it."""

    file: io.TextIOWrapper[BinaryIO]
    delimiter: str
    line: int = 0
    """Lines handed to the parser so far."""
    width: int = 0
    """Fields of the first record, the heads."""
    _ended: bool = False
    _again: deque[str] = field(default_factory=deque)
    _taken: list[str] = field(default_factory=list)

    def _lines(self) -> Iterator[str]:
        while True:
            text = self._again.popleft() if self._again else self.file.readline()
            if not text:
                self._ended = True
                return
            self.line += 1
            self._taken.append(text)
            yield text

    def __iter__(self) -> Iterator[_Record]:
        parser = csv.reader(self._lines(), delimiter=self.delimiter)
        while True:
            self._taken = []
            try:
                fields = next(parser, None)
            except csv.Error as error:
                yield self._first_line(str(error))
                parser = csv.reader(self._lines(), delimiter=self.delimiter)
                continue
            if fields is None:
                return
            taken = self._taken
            if not fields or (len(fields) == 1 and not fields[0].strip()):
                continue
            self.width = self.width or len(fields)
            # The parser looks past the last line for a quote's end, and only for that.
            if self._ended or (len(taken) > 1 and len(fields) != self.width):
                self._ended = False
                yield self._first_line("a quote is opened and not closed")
                parser = csv.reader(self._lines(), delimiter=self.delimiter)
                continue
            yield _Record(self.line - len(taken) + 1, "".join(taken), fields)

    def _first_line(self, fault: str) -> _Record:
        """Give up the first of the lines taken, and read the others again."""
        first, *others = self._taken
        self.line -= len(others)
        self._again.extendleft(reversed(others))
        return _Record(self.line, first, [], fault)


def _batches(form: _Form, columns: tuple[str, ...]) -> Iterator[RowBatch]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    with form.open() as file:
        records = _Records(file, form.delimiter)
        for record in islice(_guard(form.path, records), 1, None):
            fault = record.fault or _width_fault(record.fields, len(columns)) or _byte_fault(record.text)
            if fault:
                text = record.text.rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                rejects.append(Reject(str(form.path), record.line, fault, text))
            else:
                rows.append(record.fields)
                numbers.append(record.line)
            if len(rows) + len(rejects) >= BATCH_ROWS:
                yield RowBatch(_table(columns, rows), np.array(numbers, np.int64), position_in(file.buffer), rejects)
                rows, numbers, rejects = [], [], []
        yield RowBatch(_table(columns, rows), np.array(numbers, np.int64), position_in(file.buffer), rejects)


def _guard(path: Path, records: _Records) -> Iterator[_Record]:
    """The records; damage of the file as DataError."""
    try:
        yield from records
    except (OSError, EOFError, zlib.error) as error:
        where = f"{path} is damaged after line {records.line} ({error}). The rows before were read."
        raise DataError(where, hint="Copy it again.") from error


def _width_fault(fields: list[str], width: int) -> str | None:
    """Why a record does not fit the heads; empty fields too many at its end do no harm."""
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    return None if len(fields) == width else f"{len(fields)} fields, but the heads are {width}"


def _byte_fault(text: str) -> str | None:
    """Bytes that are not of the encoding were read as lone surrogates."""
    if text.isascii():
        return None
    bad = next((character for character in text if "\udc80" <= character <= "\udcff"), None)
    return None if bad is None else f"the byte 0x{ord(bad) - 0xDC00:02x} is not of the file's encoding"


def _table(columns: tuple[str, ...], rows: list[list[str]]) -> pa.Table:
    """Texts; the words in `NULL_WORDS` are null."""
    table = text_table(columns, list(zip(*rows, strict=True)) if rows else [[] for _ in columns])
    words = pa.array(NULL_WORDS)
    arrays = [pc.if_else(pc.is_in(column, words), pa.scalar(None, pa.string()), column) for column in table.columns]
    return pa.Table.from_arrays(arrays, names=list(columns))
