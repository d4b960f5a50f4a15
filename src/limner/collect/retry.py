"""Reading rejected rows again, as they were kept, with the mappings they were kept with.

Ids made from a row's content come out as they would have from the file: the hash is of the row as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Fields
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from limner.collect.bind import bind, columns_named
from limner.collect.chunk import Chunk
from limner.collect.deliveries import read_deliveries
from limner.collect.foreign import cell_text
from limner.collect.lines import Lines
from limner.collect.mapped import RowReader
from limner.collect.mapping import Mapping, parse_mapping
from limner.collect.objects import ObjectReader
from limner.collect.read import ENDINGS, Form, Surroundings, load_lookups
from limner.collect.rowfile import RowBatch, RowFile, text_table
from limner.collect.segment import GATEWAY, MessageReader
from limner.collect.sensors_messages import Line, translate
from limner.errors import LimnerError
from limner.model.clock import now
from limner.model.event import EVENT_BATCH
from limner.ports.journal import Delivery, Kind
from limner.ports.rejects import Reject
from limner.ports.rows import Rows, Tables

SENSORS_MEMBERS = frozenset({"distinct_id", "item_id"})
"""Items of 神策's protocol have one of these, Segment's messages have neither."""


def retry_rejects(
    rejects: Sequence[Reject],
    rows: Rows,
    *,
    tables: Tables,
    zone: str,
    source: str = "segment",
    mapping: Mapping | None = None,
    webhooks: Fields[str, str] | None = None,
    at: int | None = None,
) -> Iterator[Chunk]:
    """One chunk for the rejects of each file and mapping; those still bad are its rejects, with the reason of now.

    ``mapping``: a mended one, instead of those the rows were kept with. ``webhooks``: texts of the mappings that rows
    of these sources are read with instead. What came over the network counts as received now.
    """
    around = Surroundings(rows, tables, zone, now() if at is None else at)
    ordered = sorted(rejects, key=lambda reject: (reject.file, reject.mapping or "", reject.line, reject.id))
    for (file, kept), group in groupby(ordered, key=lambda reject: (reject.file, reject.mapping)):
        waiting = list(group)
        if file.startswith(GATEWAY):
            yield from _retry_gateway(file.removeprefix(GATEWAY), (webhooks or {}), waiting, around)
            continue
        if kept is None and mapping is None:
            yield MessageReader(rows, file, source, zone, around.now).read(_lines(waiting))
            continue
        try:
            chosen = mapping or parse_mapping(kept or "", "the mapping kept with the rejects")
            yield _retry_rows(file, chosen, waiting, around)
        except LimnerError as error:
            reasons = [replace(reject, reason=error.message) for reject in waiting]
            yield Chunk(EVENT_BATCH.empty_table(), np.empty(0, np.int64), reasons, None, len(waiting))


def _retry_gateway(
    source: str, webhooks: Fields[str, str], rejects: Sequence[Reject], around: Surroundings
) -> Iterator[Chunk]:
    """Messages, items of 神策 (they tell it by their members) and rows of webhooks, as if delivered now."""
    waiting: dict[tuple[Kind, str | None], list[tuple[Reject, bytes]]] = {}
    for reject in rejects:
        if reject.mapping is not None:
            kind, text = Kind.ROWS, reject.row.encode("utf-8", "backslashreplace")
        else:
            translated = _translate(reject)
            if isinstance(translated, Reject):
                yield Chunk(EVENT_BATCH.empty_table(), np.empty(0, np.int64), [translated], None, 1)
                continue
            kind, text = translated.kind, translated.text
        mapping = None if reject.mapping is None else webhooks.get(source, reject.mapping)
        waiting.setdefault((kind, mapping), []).append((reject, text))
    for (kind, mapping), group in waiting.items():
        lines = tuple(text for _, text in group)
        # Sent now as well: the sender's clock was off by what nobody remembers.
        delivery = Delivery(kind, source, around.now, lines, sent_at=around.now, mapping=mapping)
        for chunk in read_deliveries([delivery], around.rows, around.zone):
            yield _as_kept(chunk, {text.decode(): reject for reject, text in group})


def _as_kept(chunk: Chunk, kept: Fields[str, Reject]) -> Chunk:
    """The chunk with its rejects as they were kept before, by which they are known: translated lines look different."""

    def again(reject: Reject) -> Reject:
        return replace(kept.get(reject.row, reject), reason=reject.reason)

    def refuse(row: int, reason: str) -> Reject:
        return again(chunk.refuse(row, reason))

    return replace(chunk, rejects=[again(reject) for reject in chunk.rejects], refuse=refuse)


def _translate(reject: Reject) -> Line | Reject:
    """The line the gateway would have put into its journal, or the reject with the reason why there is none."""
    text = reject.row.encode("utf-8", "backslashreplace")
    said = _object(reject.row)
    if said is None or not SENSORS_MEMBERS & said.keys():
        return Line(Kind.MESSAGES, text, None)
    line = translate(text)
    return line if isinstance(line, Line) else replace(reject, reason=line.reason)


def _lines(rejects: Sequence[Reject]) -> Lines:
    text = pa.array([reject.row for reject in rejects], pa.string())
    return Lines(text, np.array([reject.line for reject in rejects], np.int64), [], 0)


def _retry_rows(file: str, mapping: Mapping, rejects: Sequence[Reject], around: Surroundings) -> Chunk:
    batch = _read_kept(file, mapping, rejects, around)
    lookups = load_lookups(mapping, file, around)
    table = batch.table
    for lookup in lookups:
        table = lookup.attach(table)
    joined = [name for lookup in lookups for name in lookup.table.column_names]
    opened = RowFile(file, tuple(batch.table.column_names), iter(()), serials=file.lower().endswith((".xlsx", ".xls")))
    bound = bind(mapping, opened, table, around.rows, joined)
    return RowReader(around.rows, file, bound, around.zone, around.now).read(replace(batch, table=table))


def _read_kept(file: str, mapping: Mapping, rejects: Sequence[Reject], around: Surroundings) -> RowBatch:
    """The rows as the file's own reader would have given them."""
    form = next((form for ending, form in ENDINGS.items() if file.lower().removesuffix(".gz").endswith(ending)), None)
    if form is Form.LINES:
        reader = ObjectReader(around.rows, file, tuple(columns_named(mapping, around.rows)))
        return reader.read(_lines(rejects))
    objects = [_object(reject.row) for reject in rejects]
    bad = [replace(reject, reason=reject.reason) for reject, found in zip(rejects, objects) if found is None]
    good = [(reject, found) for reject, found in zip(rejects, objects) if found is not None]
    names = list(dict.fromkeys(name for _, found in good for name in found))
    values = [[found.get(name) for _, found in good] for name in names]
    if form is Form.PARQUET:
        table = pa.table([_typed(column) for column in values], names=names)
    else:
        table = text_table(names, [[cell_text(value) for value in column] for column in values])
    numbers = np.array([reject.line for reject, _ in good], np.int64)
    texts = pa.array([reject.row for reject, _ in good], pa.string())
    return RowBatch(table, numbers, 0, bad, texts)


def _object(row: str) -> dict[str, Any] | None:
    """A row kept as JSON; None for a line that was no row at all, which only a mended file can bring in."""
    try:
        value = json.loads(row)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _typed(values: list[Any]) -> pa.Array:
    """An array of the JSON values' own type; texts when they are of several."""
    try:
        return pa.array(values)
    except pa.ArrowException:
        return pa.array([cell_text(value) for value in values], pa.string())
