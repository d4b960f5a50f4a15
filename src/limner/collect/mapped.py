"""Rows of a table as events, traits and items, as a mapping says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.bind import Bound
from limner.collect.chunk import ITEM_BATCH, Chunk
from limner.collect.event_ids import Occurrences, identify_rows
from limner.collect.rowfile import RowBatch
from limner.collect.stages import ROW, Stage, write_row, write_stages
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.ports.rejects import Reject
from limner.ports.rows import Rows


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads batches of one file, joined columns attached. It counts equal rows, so it is used from the first row on."""

    rows: Rows
    file: str
    bound: Bound
    zone: str
    now: int
    occurrences: Occurrences = field(default_factory=Occurrences)

    def read(self, batch: RowBatch) -> Chunk:
        mapping = self.bound.mapping
        read = batch.table.num_rows + len(batch.rejects)
        table = batch.table
        if batch.texts is not None:
            table = table.append_column(ROW, batch.texts)
        stages = write_stages(self.bound, batch.texts is not None)
        done = self.rows.select(table, *stages, parameters=self._parameters(stages))
        kept = done["kept"].to_numpy()
        faulty = pc.is_valid(done["fault"]).to_numpy()
        unread = [replace(reject, mapping=mapping.text) for reject in batch.rejects]
        wrong = np.flatnonzero(faulty & kept)
        rejects = unread + self._rejects(batch, wrong, done["fault"].take(wrong).to_pylist())
        good = kept & ~faulty
        done = done if good.all() else done.filter(pa.array(good))
        items = collect_items(done) if mapping.items else None
        events = self._events(done) if mapping.gives_events else _no_events()
        lines = batch.numbers[good] if mapping.gives_events else np.empty(0, np.int64)
        places = np.flatnonzero(good)

        def refuse(row: int, reason: str) -> Reject:
            return self._rejects(batch, places[row : row + 1], [reason])[0]

        return Chunk(events, lines, rejects, items, read, int((~kept).sum()), refuse, frozenset(mapping.properties))

    def _parameters(self, stages: Iterable[Stage]) -> dict[str, object]:
        """Only those that the stages name: engines refuse others."""
        time = self.bound.mapping.time
        zone = (time.timezone if time else None) or self.zone
        given = {"zone": zone, "now": self.now, "format": time.format if time else None}
        sql = " ".join(text for stage in stages for text in stage.values())
        return {name: value for name, value in given.items() if f"${name}" in sql}

    def _events(self, done: pa.Table) -> pa.Table:
        event_ids = identify_rows(done["event_id"], done["digest"], self.occurrences)
        source = pa.repeat(self.bound.mapping.source, done.num_rows)
        columns = {name: done[name] for name in EVENT_BATCH.names if name not in ("event_id", "source")}
        columns |= {"event_id": event_ids, "source": source}
        events = pa.table({name: columns[name] for name in EVENT_BATCH.names}).cast(EVENT_BATCH)
        for name in done.column_names:
            if name.startswith(IDENTIFIER_PREFIX):
                events = events.append_column(name, done[name])
        return events

    def _rejects(self, batch: RowBatch, places: npt.NDArray[np.int64], reasons: list[str]) -> list[Reject]:
        if not len(places):
            return []
        if batch.texts is not None:
            texts = batch.texts.take(places)
        else:
            table = batch.table.take(places).select(list(self.bound.own))
            texts = self.rows.select(table, {"row": write_row(self.bound)})["row"]
        text = self.bound.mapping.text
        return [
            Reject(self.file, int(batch.numbers[place]), reason, row.rstrip("\r\n"), text)
            for place, reason, row in zip(places, reasons, texts.to_pylist(), strict=True)
        ]


def collect_items(done: pa.Table) -> pa.Table:
    """Versions of items: of each id the rows where its attributes differ from those of its row before in time."""
    items = done.select(["item id", "attributes", "valid_from"]).rename_columns(ITEM_BATCH.names)
    items = items.filter(pc.and_(pc.is_valid(items["id"]), pc.is_valid(items["attributes"])))
    ids, attributes = (
        pc.dictionary_encode(items[name].combine_chunks()).indices.to_numpy() for name in ("id", "attributes")
    )
    times = pc.fill_null(items["valid_from"].cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()
    order = np.lexsort((times, ids))
    ids, attributes = ids[order], attributes[order]
    changed = np.ones(len(order), np.bool_)
    changed[1:] = (ids[1:] != ids[:-1]) | (attributes[1:] != attributes[:-1])
    return items.take(np.sort(order[changed])).cast(ITEM_BATCH)


def _no_events() -> pa.Table:
    return EVENT_BATCH.empty_table()
