"""Promotion: giving a property a typed column of its own, and filling it from the JSON of what is there already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from limner.adapters.duckdb.codes import encode_text
from limner.adapters.duckdb.extraction import may_hold, names_items, select_extracted, split_document
from limner.adapters.duckdb.file import LogFile, read_table, scalar
from limner.model.timeline import Column, Kind
from limner.ports.log import Progress

CHUNK = 1_000_000
"""Rows back-filled per transaction: a kill loses at most this much work, and `back_fill` goes on from there."""


def sql_type(column: Column) -> str:
    scalar_type = "INTEGER" if column.kind is Kind.TEXT else "BIGINT"
    return f"{scalar_type}[]" if column.grain else scalar_type


def arrow_type(column: Column) -> pa.DataType:
    scalar_type = pa.int32() if column.kind is Kind.TEXT else pa.int64()
    return pa.list_(scalar_type) if column.grain else scalar_type


def read_promoted(cursor: duckdb.DuckDBPyConnection) -> list[Column]:
    rows = cursor.execute("SELECT name, path, kind, scale FROM promoted ORDER BY len(name), name").fetchall()
    return [Column(name, path, Kind(kind), scale) for name, path, kind, scale in rows]


def are_filled(cursor: duckdb.DuckDBPyConnection, wanted: Iterable[tuple[str, Kind]]) -> bool:
    """Have these their columns, and does none wait for back-filling? Asked without keeping anybody from writing."""
    known = {(column.path, column.kind) for column in read_promoted(cursor)}
    return known >= set(wanted) and not list_waiting(cursor)


def list_waiting(cursor: duckdb.DuckDBPyConnection) -> set[str]:
    """Columns of which older rows are not filled yet."""
    rows = cursor.execute("SELECT key FROM meta WHERE key LIKE 'back_fill:%'").fetchall()
    return {row[0].removeprefix("back_fill:") for row in rows}


def reserve_columns(cursor: duckdb.DuckDBPyConnection, wanted: Iterable[tuple[str, Kind]]) -> list[Column]:
    """Add the columns that are missing; all that still wait for back-filling, earlier interrupted ones included."""
    promoted = read_promoted(cursor)
    known = {(column.path, column.kind) for column in promoted}
    for path, kind in sorted(set(wanted) - known):
        column = Column(next_name(cursor), path, kind)
        cursor.execute(f"ALTER TABLE event ADD COLUMN {column.name} {sql_type(column)}")
        cursor.execute("INSERT INTO promoted VALUES (?, ?, ?, ?)", [column.name, path, kind.value, column.scale])
        # Rows appended from now on are filled as they come; those before wait: the mark survives a kill.
        cursor.execute(
            "INSERT INTO meta SELECT ?, coalesce(max(seq), 0)::VARCHAR FROM event", [f"back_fill:{column.name}"]
        )
        promoted.append(column)
    waiting = list_waiting(cursor)
    return [column for column in promoted if column.name in waiting]


def next_name(cursor: duckdb.DuckDBPyConnection) -> str:
    """A column name never used before: timelines on disk may still hold a forgotten one."""
    cursor.execute("INSERT INTO meta VALUES ('columns', '0') ON CONFLICT DO NOTHING")
    cursor.execute("UPDATE meta SET value = (value::INTEGER + 1)::VARCHAR WHERE key = 'columns'")
    number = scalar(cursor, "SELECT value FROM meta WHERE key = 'columns'")
    return f"p{number}"


def forget_columns(cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column]) -> None:
    """Undo the promotion of these; whoever needs them promotes them again."""
    for column in columns:
        cursor.execute(f"ALTER TABLE event DROP COLUMN {column.name}")
        cursor.execute("DELETE FROM promoted WHERE name = ?", [column.name])
        cursor.execute("DELETE FROM entry WHERE promoted = ?", [column.name])
        cursor.execute("DELETE FROM meta WHERE key = ?", [f"back_fill:{column.name}"])


def back_fill(file: LogFile, columns: Sequence[Column], progress: Progress) -> None:
    """Fill these columns for the rows appended before they existed, newest rows first, chunk by chunk."""
    marks = [f"back_fill:{column.name}" for column in columns]
    cursor = file.cursor()
    total = max(int(scalar(cursor, "SELECT value FROM meta WHERE key = ?", [mark])) for mark in marks)
    for until in range(total, 0, -CHUNK):
        with file.transaction() as writing:
            fill_chunk(writing, columns, max(0, until - CHUNK), until)
            for mark in marks:
                writing.execute("UPDATE meta SET value = ? WHERE key = ?", [str(max(0, until - CHUNK)), mark])
        progress("promote", min(total - until + CHUNK, total), total)
    with file.transaction() as writing:
        for mark in marks:
            writing.execute("DELETE FROM meta WHERE key = ?", [mark])


def fill_chunk(cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], after: int, until: int) -> None:
    chunk = f"event WHERE seq > {after} AND seq <= {until} AND {may_fill(columns)}"
    rows = f"(SELECT seq AS n, time, properties, traits FROM {chunk})"
    values = read_table(cursor, select_extracted(columns, rows))
    filled = {"seq": values.column("n")}
    for column in columns:
        found = values.column(column.name)
        filled[column.name] = encode_text(cursor, column, found) if column.kind is Kind.TEXT else found
    cursor.register("filled", pa.table(filled))
    assignments = ", ".join(f"{column.name} = filled.{column.name}" for column in columns)
    cursor.execute(f"UPDATE event SET {assignments} FROM filled WHERE event.seq = filled.seq")
    cursor.unregister("filled")


def may_fill(columns: Sequence[Column]) -> str:
    """SQL of rows that may have one of them; what an item is like, only the item table knows."""
    if names_items(columns):
        return "true"
    return "(" + " OR ".join(may_hold(*split_document(column.path)) for column in columns) + ")"
