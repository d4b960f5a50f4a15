"""Log → timelines: DuckDB's own sorted export of the same rows stands beside it, and a spot check compares them.

python benches/timelines.py [events] [folder]
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.log import DuckDBLog
from limner.model.timeline import Kind
from limner.timeline.timelines import Timelines

BATCH = 1_000_000
NAMES = ["view_item", "add_to_cart", "order_paid", "login", "search", "share"]
START, SPAN = 1_700_000_000_000_000, 180 * 86_400_000_000


def silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def make_batch(rng: np.random.Generator, first: int, rows: int, customers: int) -> pa.Table:
    """Events of customers whose activity follows a power law."""
    user = (customers * rng.random(rows) ** 3).astype(np.int64)
    time = pa.array(START + rng.integers(0, SPAN // 1000, rows) * 1000, pa.timestamp("us", "UTC"))
    amount, sku = rng.integers(1, 99_999, rows), rng.integers(0, 20_000, rows)
    channel = np.array(["app", "web", "mini"])[rng.integers(0, 3, rows)]
    table = pa.table({"a": amount, "s": sku, "c": channel})
    text = [pa.compute.cast(table.column(name), pa.string()) for name in ("a", "s", "c")]
    join = pa.compute.binary_join_element_wise
    return pa.table(
        {
            "event_id": join("e", pa.array(np.arange(first, first + rows)).cast(pa.string()), ""),
            "source": pa.array(["bench"] * rows),
            "name": pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, 6, rows), pa.int32()), NAMES).cast(
                "string"
            ),
            "time": time,
            "received_at": time,
            "properties": join('{"amount":', text[0], '.5,"sku":"s', text[1], '","channel":"', text[2], '"}', ""),
            "traits": pa.nulls(rows, pa.string()),
            "id.user_id": join("u", pa.array(user).cast(pa.string()), ""),
        }
    )


def fill_log(log: DuckDBLog, events: int, customers: int) -> float:
    rng = np.random.default_rng(7)
    spent = 0.0
    for first in range(0, events, BATCH):
        batch = make_batch(rng, first, min(BATCH, events - first), customers)
        started = time.perf_counter()
        log.append(batch)
        spent += time.perf_counter() - started
    return spent


def main(events: int, folder: Path) -> None:
    file = LogFile(folder / "log.duckdb", threads=2, memory="2GB")
    log = DuckDBLog(file, "Asia/Shanghai")
    customers = max(events // 50, 10)
    log.promote([("amount", Kind.NUMBER), ("sku", Kind.TEXT), ("channel", Kind.TEXT)], silent)
    spent = fill_log(log, events, customers)
    print(f"append           {events / spent:12,.0f} events/s   {spent:8.1f} s")
    placement = np.arange(int(file.cursor().execute("SELECT count(*) FROM fragment").fetchall()[0][0]), dtype=np.int32)
    timelines = Timelines(folder / "timelines", log, "Asia/Shanghai")
    started = time.perf_counter()
    timelines.refresh(placement, log.watermark(), silent)
    ours = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    started = time.perf_counter()
    cursor = file.cursor()
    target = str(folder / "sorted.parquet").replace("'", "''")
    cursor.execute(
        "COPY (SELECT fragment, time, received_at, name, source, seq, p1, p2, p3 FROM event ORDER BY fragment, time, "
        f"event_id) TO '{target}' (FORMAT parquet)"
    )
    peer = time.perf_counter() - started
    size = sum(path.stat().st_size for path in (folder / "timelines").iterdir()) / 1e9
    rows = sum(int(part.offsets[-1]) for part in timelines.view(placement).slices())
    assert rows == events, "every event is on a timeline"
    print(f"log → timelines  {events / ours:12,.0f} events/s   {ours:8.1f} s   {size:.2f} GB   peak RSS {peak:.1f} GB")
    print(f"DuckDB sorted    {events / peer:12,.0f} events/s   {peer:8.1f} s   ratio {peer / ours:.2f}")
    fresh = make_batch(np.random.default_rng(8), events, 100_000, customers)
    log.append(fresh)
    count = int(file.cursor().execute("SELECT count(*) FROM fragment").fetchall()[0][0])
    placement = np.concatenate([placement, np.arange(len(placement), count, dtype=np.int32)])
    started = time.perf_counter()
    timelines.refresh(placement, log.watermark(), silent)
    live = time.perf_counter() - started
    started = time.perf_counter()
    timelines.compact(placement, silent)
    compacted = time.perf_counter() - started
    rows = sum(int(part.offsets[-1]) for part in timelines.view(placement).slices())
    assert rows == events + 100_000, "every event is on a timeline"
    print(f"100,000 new events: on the timelines after {live:.2f} s, rewritten into the base in {compacted:.1f} s")
    file.close()


if __name__ == "__main__":
    place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="limner-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000, place)
    finally:
        shutil.rmtree(place)
