"""`ports.sandbox.Sandbox`: a child process with a DuckDB of its own, which reads a copy and can reach nothing else.

Four walls: the query is one SELECT over the views (looked at on its syntax tree), the copy is attached read-only,
external access is off and settings are locked, and the process is killed when its time is up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from limner.errors import DataError, did_you_mean
from limner.model.clock import iso_time
from limner.ports.sandbox import VIEWS, Exhibit, Limits

FUNCTIONS = frozenset({"unnest", "generate_series", "range"})
"""Tables that functions make; all others may reach beyond the views."""
REQUEST, RESULT = "request.json", "result.arrow"
GRACE = 10.0
"""Seconds to start a process and to write what it found, besides the query's own."""


class DuckDBSandbox:
    def check(self, query: str) -> frozenset[str]:
        with duckdb.connect(":memory:") as connection:
            rows = connection.execute("SELECT json_serialize_sql($sql)", {"sql": query}).fetchall()
        tree = json.loads(rows[0][0])
        if tree.get("error"):
            if tree.get("error_type") == "not implemented":
                raise DataError("An SQL tag only reads: it is one SELECT.")
            raise DataError(f"The query cannot be read: {tree.get('error_message', 'its syntax is wrong')}.")
        if len(tree["statements"]) != 1:
            raise DataError(f"An SQL tag is one SELECT, but this is {len(tree['statements'])} statements.")
        nodes = list(walk(tree))
        own = {entry["key"].casefold() for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
        read = frozenset(name for node in nodes if (name := find_table(node)) is not None and name not in own)
        for name in sorted(read - set(VIEWS)):
            raise DataError(f"The query reads {name!r}, which is not there to be read.", hint=did_you_mean(name, VIEWS))
        for node in nodes:
            if node.get("type") == "TABLE_FUNCTION" and (name := node["function"]["function_name"]) not in FUNCTIONS:
                raise DataError(f"The query calls {name}, which may reach beyond the views.", hint="Use the views.")
        return read

    def run(self, query: str, exhibit: Exhibit, folder: Path, limits: Limits) -> pa.Table:
        write_table(exhibit.placement, folder / "placement.arrow")
        write_table(exhibit.tags, folder / "tags.arrow")
        request = {
            "query": query,
            "log": None if exhibit.log is None else str(exhibit.log),
            "as_of": iso_time(exhibit.as_of, "UTC"),
            "zone": exhibit.zone,
            "memory": limits.memory,
            "rows": limits.rows,
        }
        (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        words = [sys.executable, "-P", "-m", "limner.adapters.duckdb.sandboxed", str(folder)]
        try:
            done = subprocess.run(  # noqa: S603 - our own
                words, capture_output=True, timeout=limits.seconds + GRACE, stdin=subprocess.DEVNULL, check=False
            )
        except subprocess.TimeoutExpired:
            raise DataError(
                f"The query was stopped: it was not done after {limits.seconds:g} seconds.",
                hint="Read less (fewer events, no cross joins), or allow more: sql_seconds in limner.toml.",
            ) from None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[-1] if said else f"exit status {done.returncode}; it may have run out of memory"
            raise DataError(f"The query failed: {reason}")
        with pa.memory_map(str(folder / RESULT)) as file:
            return pa.ipc.open_file(file).read_all()


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def find_table(node: dict[str, Any]) -> str | None:
    """The table a node of the syntax tree reads, with its catalogue and schema if they are written."""
    if node.get("type") != "BASE_TABLE":
        return None
    parts = [node.get("catalog_name"), node.get("schema_name"), node.get("table_name")]
    return ".".join(part for part in parts if part).casefold()


def write_table(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
