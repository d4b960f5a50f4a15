"""The event log in DuckDB: appending and reading. Promotion lives in `promotion`, identity's view in `observations`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from threading import Lock
from typing import Any

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.checkpoints import shorten_commits
from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.codes import encode_names, encode_with, insert_table, one_chunk
from limner.adapters.duckdb.extraction import select_extracted
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.fragments import assign_fragments
from limner.adapters.duckdb.keys import key_rows
from limner.adapters.duckdb.known import KnownKeys
from limner.adapters.duckdb.lexicon import Lexicon
from limner.adapters.duckdb.memory import SMALL, Memory
from limner.adapters.duckdb.places import read_few
from limner.adapters.duckdb.promotion import are_filled, arrow_type, back_fill, read_promoted, reserve_columns
from limner.adapters.duckdb.recent import Recent
from limner.adapters.duckdb.scalars import is_simple, read_scalars
from limner.model.event import EVENT_BATCH
from limner.model.timeline import Column, Kind, Vocabulary
from limner.ports.log import Appended, Coming, Progress, SortedRows, unheard

TIMELINE_COLUMNS = ("seq", "fragment", "time", "received_at", "name", "source")
HISTORY = "event_id, name, source, time, received_at, properties, traits"
FEW_TIES = 0.02
"""Above this share of rows with a common instant, sorting by event id costs less than settling them afterwards."""
FEW = 400
"""Up to so many rows are fetched one by one, since DuckDB plans a query twice when Arrow is to come out."""
LATELY = 1_000_000
"""Most events that come again were sent again at once: they are among so many of the latest."""
OFTEN = 100_000
"""Rows between two times that memory is given back."""
Erased = Callable[[pa.Table], np.ndarray]
"""Tells, row by row, whether a batch names an erased person."""


@tells_of_closing
class DuckDBLog:
    """`ports.log.Log` over a `LogFile`."""

    def __init__(
        self,
        file: LogFile,
        zone: str,
        *,
        aliases: Mapping[str, str] | None = None,
        erased: Erased | None = None,
    ) -> None:
        self._file = file
        self._zone = zone
        self._lexicon = Lexicon(file, zone, aliases or {})
        self._promoted: tuple[int, frozenset[tuple[str, Kind]]] = (-1, frozenset())
        """Of which generation of the file: those that certainly have their column, filled."""
        self._erased = erased
        self._memory = Memory(file)
        self._recent = Recent(file, "seq")
        self._appending = Lock()
        self._untrimmed = 0

    def append(self, batch: pa.Table, coming: Coming = unheard) -> Appended:
        batch = batch.select(EVENT_BATCH.names + [c for c in batch.column_names if c not in EVENT_BATCH.names])
        read = batch.num_rows
        if self._erased is not None and read and (erased := self._erased(batch)).any():
            batch = batch.filter(pa.array(~erased))
        kept = batch.num_rows
        with self._appending, self._file.room() if kept > SMALL else nullcontext():
            try:
                with self._file.transaction(lambda: coming(self._memory.last_seq + 1, self._memory.last_seq)) as cursor:
                    self._memory.prepare(cursor, kept)
                    first = self._memory.last_seq + 1
                    keyed = drop_duplicates(cursor, batch, self._memory.keys)
                    rows = store(cursor, keyed, first, self._memory) if keyed.num_rows else None
                    self._memory.announce(keyed.num_rows)
                    coming(first, first + keyed.num_rows - 1)
            except BaseException:
                self._memory.unlearn()
                raise
            self._memory.learn(keyed.column("key").to_numpy())
            if rows is not None:
                self._recent.note(rows.drop_columns(["key", "properties", "traits"]))
        unidentified = 0 if rows is None else rows.column("fragment").null_count
        accepted = keyed.num_rows
        self._untrimmed += accepted
        if self._untrimmed >= OFTEN:
            self._untrimmed = 0
            self._file.trim()
        return Appended(accepted, kept - accepted, unidentified, read - kept, first, keyed.drop_columns(["key"]))

    def expect(self) -> None:
        """See `limner.parts.Parts.expect_appends`."""
        shorten_commits(self._file)
        with self._appending, self._file.room():
            self._memory.expect(self._file.cursor())  # nearly all of it, while others may write
            with self._file.transaction() as cursor:
                self._memory.expect(cursor)

    def watermark(self) -> int:
        return self._file.counts().seq

    def tail(self, after: int, until: int, fragments: Sequence[int] | None = None) -> pa.Table:
        columns = [*TIMELINE_COLUMNS, "event_id", *(c.name for c in self.vocabulary().columns.values())]
        recent = self._recent.read(after, until, columns) if fragments is None else None
        if recent is not None:
            return recent.filter(pc.is_valid(recent.column("fragment")))
        rows = f"SELECT {', '.join(columns)} FROM event WHERE seq > ? AND seq <= ?"
        if fragments is None:
            query = f"{rows} AND fragment IS NOT NULL ORDER BY seq"
            return read_table(self._file.cursor(), query, [after, until])
        with closing(self._file.fresh_cursor()) as cursor:
            cursor.register("wanted", pa.table({"fragment": pa.array(fragments, pa.int32())}))
            query = f"{rows} AND fragment IN (SELECT fragment FROM wanted) ORDER BY seq"
            return read_table(cursor, query, [after, until])

    def sorted_rows(self, placement: pa.Table, until: int) -> SortedRows:
        settled = share_of_ties(self._file.cursor()) > FEW_TIES
        return SortedRows(self._sort(placement, until, settled), settled)

    def _sort(self, placement: pa.Table, until: int, settled: bool) -> Iterator[pa.RecordBatch]:
        with self._file.room():
            cursor = self._file.cursor()
            columns = ", ".join(f"e.{c}" for c in [*TIMELINE_COLUMNS, *(c.name for c in read_promoted(cursor))])
            cursor.register("placement", placement)
            rows = cursor.sql(
                f"SELECT p.customer, {columns} FROM event e JOIN placement p ON e.fragment = p.fragment "
                + ("JOIN source s ON s.code = e.source " if settled else "")
                + "WHERE e.seq <= ? ORDER BY p.customer, e.time"
                + (", e.event_id, s.name" if settled else ""),
                params=[until],
            )
            yield from rows.to_arrow_reader(1 << 18)

    def event_keys(self, seqs: Sequence[int]) -> list[tuple[str, str]]:
        if not len(seqs):
            return []
        wanted = pa.table({"seq": pa.array(seqs, pa.int64()), "n": pa.array(range(len(seqs)), pa.int64())})
        with closing(self._file.fresh_cursor()) as cursor:
            cursor.register("wanted", wanted)
            return cursor.execute(
                "SELECT event_id, s.name FROM event e JOIN wanted USING (seq) JOIN source s ON s.code = e.source "
                "WHERE seq BETWEEN ? AND ? ORDER BY n",
                [min(seqs), max(seqs)],
            ).fetchall()

    def history(self, seqs: Sequence[int]) -> list[dict[str, Any]]:
        if not len(seqs):
            return []
        found = read_few(self._file, seqs, HISTORY)
        sources, names = self.vocabulary().sources, self._lexicon.sent_names
        return [
            {
                "seq": seq,
                "event_id": event_id,
                "name": names[name],
                "source": sources[source],
                "time": time,
                "received_at": received_at,
                "properties": read_json(properties),
                "traits": read_json(traits),
            }
            for seq in seqs
            if seq in found
            for event_id, name, source, time, received_at, properties, traits in (found[seq],)
        ]

    def promote(self, wanted: Iterable[tuple[str, Kind]], progress: Progress) -> None:
        asked, generation = frozenset(wanted), self._file.generation
        if self._promoted[0] == generation and asked <= self._promoted[1] & self.vocabulary().columns.keys():
            return  # items that changed may have taken columns away meanwhile
        if not are_filled(self._file.cursor(), asked):
            with self._file.transaction() as cursor:
                fresh = reserve_columns(cursor, asked)
            if fresh:
                with self._file.room():
                    back_fill(self._file, fresh, progress)
        before = self._promoted[1] if self._promoted[0] == generation else frozenset()
        self._promoted = (generation, before | asked)  # several ask in turn, each for other properties

    def vocabulary(self) -> Vocabulary:
        return self._lexicon.read()


def share_of_ties(cursor: duckdb.DuckDBPyConnection) -> float:
    """The part of the rows that share their instant with another of their fragment, from one fragment in 64."""
    query = "SELECT count(*), count(DISTINCT (fragment, time)) FROM event WHERE fragment % 64 = 0"
    ((rows, different),) = cursor.execute(query).fetchall()
    return (rows - different) / rows if rows else 0.0


def read_json(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def drop_duplicates(cursor: duckdb.DuckDBPyConnection, batch: pa.Table, known: KnownKeys) -> pa.Table:
    """The batch with its ``key``, without rows already in the log or earlier in the batch."""
    keys = key_rows(batch.column("source"), batch.column("event_id"))
    batch = batch.append_column("key", pa.array(keys))
    ordered = np.sort(keys)
    held = known.may_hold(cursor, keys)
    suspects = held | np.isin(keys, ordered[1:][ordered[1:] == ordered[:-1]])
    if suspects.any():
        few = np.count_nonzero(suspects) <= FEW
        fresh = find_fresh(cursor, batch, np.flatnonzero(suspects), known.last_seq - LATELY if few else 0)
        if few and held[fresh].any():  # not among the latest
            older = find_fresh(cursor, batch, fresh[held[fresh]], 0)
            fresh = np.concatenate([fresh[~held[fresh]], older])
        batch = batch.take(np.sort(np.concatenate([np.flatnonzero(~suspects), fresh]))).combine_chunks()
    return batch


def find_fresh(
    cursor: duckdb.DuckDBPyConnection, batch: pa.Table, suspects: npt.NDArray[np.int64], after: int
) -> npt.NDArray[np.int64]:
    """Those of the suspect rows that are neither in the log behind ``after`` nor earlier in the batch."""
    rows = batch.select(["key", "source", "event_id"]).take(suspects).append_column("n", pa.array(suspects))
    cursor.register("incoming", rows)
    fresh = read_table(
        cursor,
        "WITH near AS MATERIALIZED ("  # or DuckDB reads the ids of the whole log
        "  SELECT e.key, e.event_id, s.name AS source FROM event e JOIN source s ON s.code = e.source "
        "  WHERE e.seq > ? AND e.key IN (SELECT key FROM incoming)) "
        "SELECT min(n) AS n FROM incoming i WHERE NOT EXISTS ("
        "  SELECT 1 FROM near e WHERE e.key = i.key AND e.event_id = i.event_id AND e.source = i.source) "
        "GROUP BY key, source, event_id",
        [after],
    )
    cursor.unregister("incoming")
    return np.asarray(fresh.column("n").to_numpy(), np.int64)


def store(cursor: duckdb.DuckDBPyConnection, batch: pa.Table, first_seq: int, memory: Memory) -> pa.Table:
    """Insert new rows with their seqs, codes, fragments and promoted values; as they are in the file now."""
    rows = batch.num_rows
    fragments = assign_fragments(cursor, batch, memory.identifiers, memory.fragments)
    columns = {
        "seq": pa.array(np.arange(first_seq, first_seq + rows)),
        "key": batch.column("key"),
        "event_id": batch.column("event_id"),
        "source": encode_names(cursor, memory.sources, batch.column("source")).cast(pa.int16()),
        "name": encode_names(cursor, memory.names, batch.column("name")),
        "time": batch.column("time").cast(pa.int64()),
        "received_at": batch.column("received_at").cast(pa.int64()),
        "fragment": fragments,
        "properties": batch.column("properties"),
        "traits": batch.column("traits"),
    }
    if memory.promoted:
        columns |= extract_values(cursor, batch, memory)
    stored = pa.table(columns)
    insert_table(cursor, "event", stored)
    return stored


def extract_values(cursor: duckdb.DuckDBPyConnection, batch: pa.Table, memory: Memory) -> dict[str, pa.Array]:
    """The promoted columns of a batch, text as codes; values not met before join their dictionaries."""
    values = read_values(cursor, batch, memory.promoted)
    columns, entries = {}, []
    for column in memory.promoted:
        found = values.column(column.name)
        if column.kind is Kind.TEXT:
            columns[column.name], fresh = encode_with(cursor, memory.values(column), found)
            entries += [fresh] if fresh.num_rows else []
        else:
            columns[column.name] = pc.cast(found, arrow_type(column))
    if entries:
        insert_table(cursor, "entry", pa.concat_tables(entries))
    return columns


def read_values(cursor: duckdb.DuckDBPyConnection, batch: pa.Table, promoted: Sequence[Column]) -> pa.Table:
    """The promoted columns' values as they stand in the batch's JSON."""
    simple = [column for column in promoted if is_simple(column)]
    values, odd = read_scalars(batch, simple)
    if odd.any():
        places = np.arange(len(odd))
        places[odd] = len(odd) + np.arange(np.count_nonzero(odd))
        slow = read_by_engine(cursor, batch.filter(pa.array(odd)), simple)
        values = {name: pa.concat_arrays([found, slow[name]]).take(pa.array(places)) for name, found in values.items()}
    values |= read_by_engine(cursor, batch, [column for column in promoted if column.name not in values])
    return pa.table({column.name: values[column.name] for column in promoted})


def read_by_engine(
    cursor: duckdb.DuckDBPyConnection, batch: pa.Table, columns: Sequence[Column]
) -> dict[str, pa.Array]:
    """The same, whatever they are and wherever they lie."""
    if not columns:
        return {}
    extracted_rows = pa.table(  # noqa: F841, DuckDB finds the variable
        {
            "n": np.arange(batch.num_rows),
            "time": batch.column("time").cast(pa.int64()),
            "properties": batch.column("properties"),
            "traits": batch.column("traits"),
        }
    )
    query = select_extracted(columns, "extracted_rows")
    if batch.num_rows > FEW:
        table = cursor.sql(query).to_arrow_table()
        return {column.name: one_chunk(table.column(column.name)).cast(value_type(column)) for column in columns}
    _, *found = zip(*cursor.execute(query).fetchall(), strict=True)
    return {column.name: pa.array(rows, value_type(column)) for column, rows in zip(columns, found, strict=True)}


def value_type(column: Column) -> pa.DataType:
    """What `select_extracted` gives: texts are no codes yet."""
    scalar_type = pa.string() if column.kind is Kind.TEXT else pa.int64()
    return pa.list_(scalar_type) if column.grain else scalar_type
