"""JSON lines read with a mapping: every line an object, its members the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.bind import JSON_SUFFIX
from limner.collect.faults import NOT_JSON, explain, suspect, with_infinite
from limner.collect.lines import Lines, read_lines
from limner.collect.rowfile import LINE, RowBatch, RowFile
from limner.errors import DataError
from limner.ports.rejects import Reject
from limner.ports.rows import Rows, literal, quote

_SAMPLE_LINES = 10_000


def open_objects(path: Path, wanted: Sequence[str], rows: Rows) -> RowFile:
    """``wanted`` are the columns to take out, dotted for members of members: each as text and, besides, as JSON.

    The file's columns are the keys of its first lines.
    """
    blocks = read_lines(path)
    first = next(blocks, None)
    if first is None:
        raise DataError(f"{path} is empty.")
    keys = _keys(first.text[:_SAMPLE_LINES].to_pylist())
    reader = ObjectReader(rows, str(path), tuple(wanted))
    return RowFile(str(path), keys, _batches(reader, first, blocks), path.stat().st_size)


def _batches(reader: ObjectReader, first: Lines, blocks: Iterator[Lines]) -> Iterator[RowBatch]:
    yield reader.read(first)
    for lines in blocks:
        yield reader.read(lines)


def _keys(lines: list[str]) -> tuple[str, ...]:
    """Keys of the objects among these lines, in order of appearance."""
    found: dict[str, None] = {}
    for line in lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found |= dict.fromkeys(value)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ObjectReader:
    rows: Rows
    file: str
    wanted: tuple[str, ...]

    def read(self, lines: Lines) -> RowBatch:
        paths = "[" + ", ".join(literal(_path(name)) for name in self.wanted) + "]"
        extracted = {
            "type": f"TRY(json_type({LINE}))",
            "texts": f"TRY(json_extract_string({LINE}, {paths}))",
            "jsons": f"TRY(json_extract({LINE}, {paths}))",
            "suspect": suspect(LINE),
        }
        fault = f"CASE WHEN type IS NULL THEN {literal(NOT_JSON)} WHEN type <> 'OBJECT' THEN 'not a JSON object' END"
        columns = {"fault": fault, "suspect": "suspect"}
        for i, name in enumerate(self.wanted, 1):
            columns[name] = f"texts[{i}]"
            columns[name + JSON_SUFFIX] = f"nullif(CAST(jsons[{i}] AS VARCHAR), 'null')"
        table = self.rows.select(pa.table({LINE: lines.text}), extracted, columns)
        faults = with_infinite(table["fault"].combine_chunks(), table["suspect"], lines.text)
        good = pc.is_null(faults)
        kept = good.to_numpy(zero_copy_only=False)
        rejects = lines.rejects + [self._reject(lines, int(i), faults[int(i)].as_py()) for i in np.flatnonzero(~kept)]
        table = table.filter(good).drop_columns(["fault", "suspect"])
        return RowBatch(table, lines.numbers[kept], lines.position, rejects, lines.text.filter(good))

    def _reject(self, lines: Lines, place: int, fault: str) -> Reject:
        line = lines.text[place].as_py().rstrip("\r\n")
        return Reject(self.file, int(lines.numbers[place]), explain(fault, line), line)


def _path(name: str) -> str:
    """The JSON path of a dotted column.

    >>> _path("address.city")
    '$."address"."city"'
    """
    return "$" + "".join("." + quote(part) for part in name.split("."))
