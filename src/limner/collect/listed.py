"""Lists and tables of values about people: a column that says whom, a column that says what."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.collect.mapping import Mapping
from limner.collect.read import Surroundings, open_rows
from limner.collect.rowfile import NULL_WORDS
from limner.errors import DataError, did_you_mean
from limner.model.clock import now
from limner.model.fold import Given, Scalar
from limner.model.parse_given import read_given
from limner.ports.log import Progress
from limner.ports.rows import Rows, Tables, quote

CUSTOMER = "customer_id"
"""Instead of an identifier's type: the column has Limner's own ids."""
MOST_FAULTS = 20
"""Shown; all are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    reason: str


@dataclass(slots=True)
class Listed:
    """The rows of a list that could be read, in the order of the file."""

    type: str
    keys: list[str] = field(default_factory=list)
    """Identifiers as they are written, or customer ids."""
    values: list[Scalar] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """Where they stand in the file."""
    faults: list[Fault] = field(default_factory=list)
    """The first `MOST_FAULTS` of the others,"""
    faulty: int = 0
    """and how many there are."""
    empty: int = 0
    """Rows without a key or without a value: they say nothing."""

    def drop(self, kept: list[bool], reason: str) -> None:
        """Leave rows out, for this reason."""
        for line, stays in zip(self.lines, kept, strict=True):
            if not stays:
                self.blame(line, reason)
        self.keys = list(compress(self.keys, kept))
        self.values = list(compress(self.values, kept))
        self.lines = list(compress(self.lines, kept))

    def blame(self, line: int, reason: str) -> None:
        self.faulty += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, reason))


def read_list(
    file: str, key: str, value: str | None, given: Given, rows: Rows, tables: Tables, zone: str, progress: Progress
) -> Listed:
    """``key`` is ``type:column``; without a ``value`` column every row says ``true``.

    Raises DataError when the file cannot be read or lacks a column.
    """
    type, colon, column = key.partition(":")
    if not colon or not type or not column:
        raise DataError(f"{key!r} does not say whom the rows are of.", hint="Give type:column, such as phone:mobile.")
    if value is None and given is not Given.TRUTH:
        raise DataError(f"Which column has the values? They are to be {given}.", hint="Give --value COLUMN.")
    wanted = [column] if value is None else [column, value]
    mapping = Mapping("the list", "", "list", identify=((type, column),), properties={"v": quote(wanted[-1])})
    opened = open_rows(file, mapping, Surroundings(rows, tables, zone, now()))
    named = {name.casefold(): name for name in opened.columns}
    for name in wanted:
        if name.casefold() not in named:
            raise DataError(f"{opened.name} has no column {name!r}.", hint=did_you_mean(name, opened.columns))
    listed = Listed(type)
    for batch in opened.batches:
        for reject in batch.rejects:
            listed.blame(reject.line, reject.reason)
        columns = [batch.table.column(named[name.casefold()]) for name in wanted]
        said = None if value is None else columns[1]
        _read_batch(listed, columns[0], said, given, batch.numbers)
        progress("import", batch.position, opened.size)
    return listed


def _read_batch(
    listed: Listed,
    keys: pa.ChunkedArray,
    values: pa.ChunkedArray | None,
    given: Given,
    numbers: npt.NDArray[np.int64],
) -> None:
    read: dict[Any, Scalar | DataError] = {}
    said = [True] * len(keys) if values is None else values.to_pylist()
    for key, value, line in zip(keys.to_pylist(), said, numbers.tolist(), strict=True):
        if any(part is None or str(part).strip() in NULL_WORDS for part in (key, value)):
            listed.empty += 1
            continue
        if value not in read:
            read[value] = _try(value, given)
        found = read[value]
        if isinstance(found, DataError):
            listed.blame(line, str(found))
        else:
            listed.keys.append(str(key).strip())
            listed.values.append(found)
            listed.lines.append(line)


def _try(value: object, given: Given) -> Scalar | DataError:
    try:
        return read_given(value, given)
    except DataError as error:
        return error
