"""Reading files as events: `read_events` is the door of this room.

What a file is, its name's ending says: .jsonl .ndjson .json (.gz), .csv .tsv .txt (.gz), .parquet, .xlsx .xlsm .xlsb
.xls .ods; a name with :// is a database. With any other ending, its first bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from limner.collect.bind import bind, columns_named
from limner.collect.chunk import Chunk
from limner.collect.delimited import open_delimited
from limner.collect.fill import Filler
from limner.collect.foreign import open_foreign
from limner.collect.lines import read_head, read_lines
from limner.collect.lookup import Lookup, load_lookup
from limner.collect.mapped import RowReader
from limner.collect.mapping import Mapping
from limner.collect.objects import open_objects
from limner.collect.parquet import open_parquet
from limner.collect.rowfile import RowFile
from limner.collect.segment import MessageReader
from limner.errors import DataError
from limner.model.clock import now
from limner.ports.log import Progress
from limner.ports.rows import Rows, Tables

DRY_RUN_ROWS = 10


class Form(StrEnum):
    LINES = "JSON lines"
    DELIMITED = "CSV"
    PARQUET = "Parquet"
    SHEET = "Excel"
    DATABASE = "database"


ENDINGS = {
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), Form.LINES),
    **dict.fromkeys((".csv", ".tsv", ".txt"), Form.DELIMITED),
    **dict.fromkeys((".parquet", ".pq"), Form.PARQUET),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), Form.SHEET),
}


def silent(what: str, done: int, total: int) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What reading needs besides the file."""

    rows: Rows
    tables: Tables
    zone: str
    """IANA zone of times that have neither an offset nor a zone in their mapping."""
    now: int
    """µs UTC. Times over 24 hours later are rejects; nothing is received later than this."""


def read_events(
    file: str,
    mapping: Mapping | None,
    rows: Rows,
    *,
    tables: Tables,
    zone: str,
    source: str = "segment",
    at: int | None = None,
    progress: Progress = silent,
) -> Iterator[Chunk]:
    """The file's events, chunk by chunk; without a mapping its lines are Segment messages, of this ``source``.

    Raises DataError when the file cannot be read (on); DefinitionError when the mapping does not fit it.
    """
    around = Surroundings(rows, tables, zone, now() if at is None else at)
    if mapping is None:
        yield from _read_messages(file, source, around, progress)
    else:
        yield from _read_rows(file, mapping, around, progress)


def dry_run_events(
    file: str, mapping: Mapping | None, rows: Rows, *, tables: Tables, zone: str, limit: int = DRY_RUN_ROWS
) -> dict[str, Any]:
    """The first mapped ``rows``, ``items`` and ``problems`` (what would be rejected) of the file; nothing is stored."""
    found: dict[str, list[Any]] = {"rows": [], "items": [], "problems": []}
    for chunk in read_events(file, mapping, rows, tables=tables, zone=zone):
        found["rows"] += [_show(row) for row in chunk.events[: limit - len(found["rows"])].to_pylist()]
        if chunk.items is not None:
            found["items"] += [_show(row) for row in chunk.items[: limit - len(found["items"])].to_pylist()]
        for reject in chunk.rejects[: limit - len(found["problems"])]:
            found["problems"].append({"line": reject.line, "reason": reject.reason, "row": reject.row})
        if len(found["rows"] or found["items"]) >= limit:
            break
    return {"file": file, **found}


def form_of(file: str) -> Form:
    """What kind of file this is. DataError when there is none, or nothing Limner reads."""
    if "://" in file:
        return Form.DATABASE
    path = Path(file)
    if not path.is_file():
        raise DataError(f"{file} is {'a folder' if path.is_dir() else 'not there'}.", hint="Give files, one by one.")
    endings = [ending for ending in path.suffixes if ending.lower() != ".gz"]
    known = ENDINGS.get(endings[-1].lower()) if endings else None
    return known or _form_by_content(path)


def _form_by_content(path: Path) -> Form:
    head = read_head(path, 1024)
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Form.SHEET
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return Form.LINES
    if b"\x00" in head or not head:
        kinds = "JSON lines, CSV, Parquet, Excel"
        raise DataError(f"{path} is {'no file Limner can read' if head else 'empty'}.", hint=f"It reads {kinds}.")
    return Form.DELIMITED


def mark_file(file: str) -> list[int] | None:
    """What shows that a file is still the same: its size, and when it was written. None = it is no file here."""
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def open_rows(file: str, mapping: Mapping, around: Surroundings) -> RowFile:
    """The file as rows to map."""
    path, form = Path(file), form_of(file)
    if form is Form.LINES:
        _refuse_array(path)
        return open_objects(path, columns_named(mapping, around.rows), around.rows)
    if form is Form.DELIMITED:
        return open_delimited(path, mapping.encoding, mapping.delimiter)
    if form is Form.PARQUET:
        return open_parquet(path)
    if form is Form.SHEET:
        return open_foreign(file, around.tables.open(file, mapping.sheet))
    return open_foreign(without_password(file), around.tables.open(file, mapping.table))


def _read_messages(file: str, source: str, around: Surroundings, progress: Progress) -> Iterator[Chunk]:
    form = form_of(file)
    if form is not Form.LINES:
        raise DataError(
            f"{without_password(file)} ({form}) needs a mapping that says how its rows become events.",
            hint="Give --map M.yaml; only JSON lines with Segment messages need none.",
        )
    path = Path(file)
    _refuse_array(path)
    size = path.stat().st_size
    reader = MessageReader(around.rows, file, source, around.zone, around.now)
    progress(f"import {path.name}", 0, size)
    for lines in read_lines(path):
        yield reader.read(lines)
        progress(f"import {path.name}", lines.position, size)


def _read_rows(file: str, mapping: Mapping, around: Surroundings, progress: Progress) -> Iterator[Chunk]:
    opened = open_rows(file, mapping, around)
    lookups = load_lookups(mapping, file, around)
    joined = [name for lookup in lookups for name in lookup.table.column_names]
    filler = Filler(mapping.fill)
    reader: RowReader | None = None
    progress(f"import {Path(opened.name).name}", 0, opened.size)
    for batch in opened.batches:
        table = filler.fill(batch.table)
        for lookup in lookups:
            table = lookup.attach(table)
        if reader is None:
            bound = bind(mapping, opened, table, around.rows, joined)
            reader = RowReader(around.rows, opened.name, bound, around.zone, around.now)
        yield reader.read(replace(batch, table=table))
        progress(f"import {Path(opened.name).name}", batch.position, opened.size)


def load_lookups(mapping: Mapping, file: str, around: Surroundings) -> list[Lookup]:
    """The files a mapping joins, in memory: those beside the mapping, else those beside the data file."""
    plain = replace(mapping, sheet=None, encoding=None, delimiter=None)
    lookups = []
    for given in mapping.joins:
        beside = Path(file).parent / given.file.name
        join = given if given.file.exists() or not beside.is_file() else replace(given, file=beside)
        if form_of(str(join.file)) is Form.LINES:
            raise DataError(f"{mapping.name} joins {join.file}, JSON lines.", hint="Join CSV, Parquet or Excel.")
        lookups.append(load_lookup(join, open_rows(str(join.file), plain, around)))
    return lookups


def _refuse_array(path: Path) -> None:
    head = read_head(path, 64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"["):
        raise DataError(f"{path} is one JSON array.", hint="Limner reads one JSON object a line (JSON lines).")


def without_password(place: str) -> str:
    """A database's URL fit to be shown and stored.

    >>> without_password("postgresql://anna:secret@db/shop?table=orders")
    'postgresql://anna:***@db/shop?table=orders'
    """
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", place)


def _show(row: dict[str, Any]) -> dict[str, Any]:
    """A mapped row for people: times in ISO form, nothing that is absent."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
        if value is not None
    }
