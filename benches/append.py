"""Small appends to a large log, as the gateway's intake makes them: 100 and 2,000 rows a commit.

    python benches/append.py [--events 10000000] [--people 1250000] [--appends 50]

The log is filled by plain SQL: events of people with two identifiers each, four promoted properties. One event in ten
appended is of somebody new. Beside it the limit, plain DuckDB: one row a commit into a table of the same columns, of
the same file. Figures are medians of wall-clock time and means of processor time, checkpoints included.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa

from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.identity.one_id import OneId
from limner.model.timeline import Kind

PROMOTED = (("amount", Kind.NUMBER), ("sku", Kind.TEXT), ("channel", Kind.TEXT), ("page.path", Kind.TEXT))
PROPERTIES = '{"amount":%d.5,"sku":"SKU%d","channel":"app","page":{"path":"/item/%d"}}'
FILL = (
    "INSERT INTO name VALUES (0, 'view_item'), (1, 'order_paid')",
    "INSERT INTO source VALUES (0, 'shop')",
    "INSERT INTO entry SELECT p.name, n, CASE p.path WHEN 'sku' THEN 'SKU' || n ELSE '/item/' || n END "
    "FROM promoted p, range(900) r(n) WHERE p.path IN ('sku', 'page.path') ORDER BY p.name, n",
    "INSERT INTO entry SELECT name, 0, 'app' FROM promoted WHERE path = 'channel'",
    "INSERT INTO identifier SELECT n, CASE n % 2 WHEN 0 THEN 'user_id' ELSE 'anonymous_id' END, "
    "CASE n % 2 WHEN 0 THEN 'u' || (n // 2) ELSE printf('%08x-5c1e-4b9e-9d7c-0242ac120002', n // 2) END "
    "FROM range($people * 2) r(n)",
    "INSERT INTO fragment SELECT n, [n * 2, n * 2 + 1], false FROM range($people) r(n)",
    "INSERT INTO event SELECT n + 1, hash(n), printf('%032x', n), 0, n % 2, n * 1000, n * 1000, "
    'hash(n // 3) % $people, \'{"amount":7,"sku":"SKU\' || n % 900 || \'"}\', NULL, 70000, n % 900, 0, n % 900 '
    "FROM range($events) r(n)",
)


def fill(file: LogFile, events: int, people: int) -> None:
    if events:
        for statement in FILL:
            wanted = {
                name: value for name, value in (("people", people), ("events", events)) if f"${name}" in statement
            }
            with file.transaction() as cursor:
                cursor.execute(statement, wanted)
        file.cursor().execute("CHECKPOINT")


def make_lot(size: int, first: int, people: int, rng: np.random.Generator) -> pa.Table:
    people_met = np.where(rng.random(size) < 0.1, rng.integers(10**9, 2 * 10**9, size), rng.integers(0, people, size))
    times = pa.array(np.arange(first, first + size) * 1000).cast(pa.timestamp("us", "UTC"))
    products = people_met % 900
    return pa.table(
        {
            "event_id": [f"lot-{number:032x}" for number in range(first, first + size)],
            "source": ["shop"] * size,
            "name": ["view_item", "order_paid"] * (size // 2),
            "time": times,
            "received_at": times,
            "properties": [PROPERTIES % (n % 100, n, n) for n in products],
            "traits": pa.nulls(size, pa.string()),
            "id.user_id": [f"u{n}" for n in people_met],
            "id.anonymous_id": [f"{n:08x}-5c1e-4b9e-9d7c-0242ac120002" for n in people_met],
        }
    )


def measure(name: str, works: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """Run them all; print and return median wall-clock and mean processor milliseconds of one."""
    wall, processor = [], process_time()
    for work in works:
        start = perf_counter()
        work()
        wall.append((perf_counter() - start) * 1000)
    mean = (process_time() - processor) * 1000 / len(works)
    print(f"  {name:<32} {median(wall):8.1f} ms, {mean:8.1f} ms of processor, longest {max(wall):8.1f} ms")
    return median(wall), mean


def resident() -> float:
    """Megabytes of memory this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=1_250_000)
    parser.add_argument("--appends", type=int, default=50)
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        file = LogFile(Path(folder) / "log.duckdb", threads=2)
        log = DuckDBLog(file, "Asia/Shanghai")
        log.promote(PROMOTED, lambda what, done, total: None)
        fill(file, given.events, given.people)
        print(f"{given.events:,} events, {2 * given.people if given.events else 0:,} identifiers")
        at = given.events
        lots: dict[int, list[pa.Table]] = {}
        for size, count in ((100, 6 + given.appends), (2000, given.appends), (245_760, 4)):
            lots[size] = []
            for _ in range(count):
                lots[size].append(make_lot(size, at, given.people, rng))
                at += size
        before = resident()
        measure("first appends of 100", [partial(log.append, lot) for lot in lots[100][:6]])
        print(f"  memory grew by {resident() - before:.0f} MB, DuckDB's cache included")
        file.cursor().execute("CREATE TABLE plain AS FROM event LIMIT 0")
        insert = (
            "INSERT INTO plain (seq, key, event_id, source, name, time, received_at) VALUES (?, 1, 'a', 0, 0, 0, 0)"
        )
        limit, limit_processor = measure(
            "DuckDB, one row a commit", [partial(file.cursor().execute, insert, [n]) for n in range(given.appends)]
        )
        one_id = OneId(DuckDBObservations(file))
        for size in (100, 2000):
            works = [partial(log.append, lot) for lot in lots[size][-given.appends :]]
            wall, processor = measure(f"append of {size:,}", works)
            print(f"  append of {size:,} / limit {wall / limit:.1f}, of processor {processor / limit_processor:.1f}")
        again = [
            pa.concat_tables([make_lot(98, at + 98 * n, given.people, rng), lots[100][-1 - n][:2]]) for n in range(10)
        ]
        at += 980
        measure("append of 100, two known", [partial(log.append, lot) for lot in again])
        measure("append of 245,760", [partial(log.append, lot) for lot in lots[245_760][:3]])
        one_id.refresh()
        measure("refresh after nothing", [one_id.refresh])
        log.append(make_lot(100, at, given.people, rng))
        measure("refresh after an append of 100", [one_id.refresh])
        expected = given.events + sum(lot.num_rows for size in lots for lot in lots[size]) - 245_760 + 1080
        assert log.watermark() == expected, f"{log.watermark():,} events in the log, not {expected:,}"
        file.close()


if __name__ == "__main__":
    main()
