"""Batches of the log's shape out of plain dicts, and a log to put them into."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.log import DuckDBLog

ZONE = "Asia/Shanghai"
Row = Mapping[str, Any]


def silent(what: str, done: int, total: int) -> None:
    """Progress nobody watches."""


def open_log(folder: Path, **options: Any) -> tuple[LogFile, DuckDBLog]:
    file = LogFile(folder / "log.duckdb", threads=2)
    return file, DuckDBLog(file, ZONE, **options)


def row(event_id: str, /, **fields: Any) -> Row:
    """An event of user ``u1`` from the shop; ``ids`` gives other identifiers, ``properties`` a dict or JSON text."""
    return {"event_id": event_id, "source": "shop", "name": "view", "time": 0, "ids": {"user_id": "u1"}} | fields


def make_batch(rows: Sequence[Row]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        name: pa.array([row[name] for row in rows], pa.string()) for name in ("event_id", "source", "name")
    }
    times = pa.array([row["time"] for row in rows], pa.int64())
    received = pa.array([row.get("received_at", row["time"]) for row in rows], pa.int64())
    columns |= {"time": times.cast(pa.timestamp("us", "UTC")), "received_at": received.cast(pa.timestamp("us", "UTC"))}
    for name in ("properties", "traits"):
        columns[name] = pa.array([_as_json(row.get(name)) for row in rows], pa.string())
    for kind in dict.fromkeys(kind for row in rows for kind in row["ids"]):
        columns[f"id.{kind}"] = pa.array([row["ids"].get(kind) for row in rows], pa.string())
    return pa.table(columns)


def _as_json(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
