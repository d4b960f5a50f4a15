"""Importing files: JSON lines of Segment messages, and a mapped Parquet file, beside a plain DuckDB read of the same.

    python benches/ingest_files.py [--events 1000000] [--threads 2]

*decode*: file → event batches. *import*: file → the durable log of a new workspace, whose making is not counted.
*DuckDB*: the limit, the same file read into an Arrow table, the same columns taken out and nothing checked. All three
must give the same count and the same sum of amounts. Before anything is counted, ten events are imported, so that
what a process or an installation does once (compiling, loading tables) is done. Where other work runs, look at the
seconds of processor.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.tables import AnyTables
from limner.app import init_workspace, open_workspace
from limner.collect.mapping import parse_mapping
from limner.collect.read import read_events
from limner.workspace import Workspace

MAPPING = """
source: shop
event: {column: event}
event_id: id
time: {column: ts, timezone: Asia/Shanghai}
identify: {user_id: user_id, anonymous_id: anonymous_id}
properties:
  {sku: sku, category: category, amount: amount, quantity: quantity, channel: channel, total: amount * quantity}
"""
ZONE = "Asia/Shanghai"
Answer = tuple[int, Callable[[], float]]
"""Events, and how to sum their amounts (outside the time that is measured)."""


def make_rows(count: int) -> pa.Table:
    """A shop's events: 1 in 20 customers' worth of users, a browser each, a product, an amount."""
    rng = np.random.default_rng(3)
    users = rng.integers(0, max(count // 20, 1), count)
    start = np.datetime64("2025-10-01", "us").astype(np.int64)
    times = start + rng.integers(0, 365 * 86_400_000, count) * 1000
    products = rng.integers(0, 900, count)
    return pa.table(
        {
            "id": [f"{number:032x}" for number in range(count)],
            "event": pa.array(["order_paid", "view_item", "add_to_cart"]).take(pa.array(rng.integers(0, 3, count))),
            "ts": pa.array(times, pa.timestamp("us")),
            "user_id": [f"u{user}" if user % 3 else None for user in users],
            "anonymous_id": [f"00000000-0000-4000-8000-{user:012x}" for user in users],
            "sku": [f"SKU{product}" for product in products],
            "category": pa.array(["护肤", "彩妆", "洗护"]).take(pa.array(products % 3)),
            "amount": (rng.integers(100, 50_000, count) / 100),
            "quantity": rng.integers(1, 5, count),
            "channel": pa.array(["app", "web", "mini"]).take(pa.array(rng.integers(0, 3, count))),
        }
    )


def write_messages(rows: pa.Table, path: Path) -> None:
    """The rows as Segment messages of some 700 bytes."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows.to_pylist():
            when = row["ts"].isoformat(timespec="milliseconds") + "Z"
            page = {"path": f"/item/{row['sku']}", "url": f"https://shop.example/item/{row['sku']}", "title": "商品"}
            agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
            message = {
                "type": "track",
                "event": row["event"],
                "messageId": row["id"],
                "anonymousId": row["anonymous_id"],
                "userId": row["user_id"],
                "timestamp": when,
                "context": {
                    "library": {"name": "x", "version": "1"},
                    "page": page,
                    "userAgent": agent,
                    "locale": "zh-CN",
                },
                "properties": {name: row[name] for name in ("sku", "category", "amount", "quantity", "channel")},
                "integrations": {},
                "sentAt": when,
            }
            file.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_files(folder: Path, count: int) -> list[tuple[Path, str | None, int, tuple[int, float]]]:
    """Of each file its mapping, the events it must be imported at in a second, its events and the sum of amounts."""
    rows = make_rows(count)
    expected = (rows.num_rows, pc.sum(rows["amount"]).as_py())
    folder.mkdir()
    messages, table = folder / "messages.jsonl", folder / "rows.parquet"
    write_messages(rows, messages)
    pq.write_table(rows, table, row_group_size=200_000)
    return [(table, MAPPING, 300_000, expected), (messages, None, 100_000, expected)]


def decode(path: Path, mapping: str | None, threads: int) -> Answer:
    chosen = parse_mapping(mapping) if mapping else None
    count = 0
    properties: list[pa.ChunkedArray] = []
    for chunk in read_events(str(path), chosen, DuckDBRows(threads), tables=AnyTables(), zone=ZONE):
        count += chunk.events.num_rows
        properties.append(chunk.events["properties"])
    return count, lambda: sum(map(sum_amounts, properties))


def sum_amounts(properties: pa.ChunkedArray) -> float:
    found = pc.extract_regex(properties, r'"amount":(?P<amount>[0-9.]+)')
    return float(pc.sum(pc.struct_field(found, "amount").cast(pa.float64())).as_py())


def import_file(opened: Workspace, path: Path, mapping: str | None) -> Answer:
    folder = opened.parts.folder
    file = folder / "mapping.yaml"
    file.write_text(mapping or "")
    report = opened.import_files(str(path), file if mapping else None)

    def total() -> float:
        opened.close()
        return sum_log(folder / "log.duckdb")

    return report.accepted, total


def make_workspace(folder: Path, threads: int) -> Workspace:
    place = Path(tempfile.mkdtemp(dir=folder)) / "workspace"
    init_workspace(place, ZONE)
    return open_workspace(place, threads=threads)


def sum_log(file: Path) -> float:
    with duckdb.connect(str(file), read_only=True) as log:
        rows = log.execute("SELECT sum(CAST(properties->>'amount' AS DOUBLE)) FROM event").fetchall()
    return float(rows[0][0])


def read_plainly(path: Path, threads: int) -> Answer:
    """The limit: DuckDB's own reader, told the columns, into Arrow."""
    with duckdb.connect(config={"threads": threads}) as connection:
        if path.suffix == ".parquet":
            table = connection.sql("SELECT * FROM read_parquet($path)", params={"path": str(path)}).to_arrow_table()
            return table.num_rows, lambda: float(pc.sum(table["amount"]).as_py())
        columns = {
            "messageId": "VARCHAR",
            "event": "VARCHAR",
            "userId": "VARCHAR",
            "anonymousId": "VARCHAR",
            "timestamp": "TIMESTAMPTZ",
            "properties": "JSON",
            "context": "JSON",
        }
        query = "SELECT * FROM read_json($path, format = 'newline_delimited', columns = $columns)"
        table = connection.sql(query, params={"path": str(path), "columns": columns}).to_arrow_table()
        return table.num_rows, lambda: sum_amounts(table["properties"])


def measure(name: str, work: Callable[[], Answer], expected: tuple[int, float]) -> float:
    """Run it, compare its answer, print and return events per second."""
    start, processor = perf_counter(), process_time()
    count, total = work()
    seconds, processor = perf_counter() - start, process_time() - processor
    assert count == expected[0], f"{name} found {count:,} events of {expected[0]:,}"
    assert abs(total() - expected[1]) < 0.01, f"{name} sums amounts to {total()}, not {expected[1]}"
    rate = f"{count / seconds:>11,.0f} events/s  {seconds / count * 1e6:6.2f} µs/event"
    print(f"  {name:<8} {seconds:7.2f} s ({processor:.2f} s of processor)  {rate}")
    return count / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for path, mapping, _, _ in write_files(Path(folder) / "few", 10):
            import_file(make_workspace(Path(folder), given.threads), path, mapping)[1]()
        for path, mapping, must, expected in write_files(Path(folder) / "many", given.events):
            size = path.stat().st_size / given.events
            print(f"{path.name}: {given.events:,} events of {size:,.0f} bytes; import must reach {must:,}/s")
            limit = measure("DuckDB", lambda path=path: read_plainly(path, given.threads), expected)
            measure("decode", lambda path=path, m=mapping: decode(path, m, given.threads), expected)
            opened = make_workspace(Path(folder), given.threads)
            rate = measure("import", lambda w=opened, path=path, m=mapping: import_file(w, path, m), expected)
            print(f"  import / limit {rate / limit:.2f}, import / must {rate / must:.2f}")


if __name__ == "__main__":
    main()
