"""The seam to a cluster: one log folded in this process and by Spark on two local cores, whose bits must be the same.

    python benches/spark.py [--events 1000000] [--customers 20000]

The times say what the seam costs, not what a cluster gains: Spark is for a log that does not fit one machine. They are
of one process; the first fold of each engine has its kernels loaded and its code compiled.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

import limner
from limner.cluster import SparkEngine, export_lake
from limner.fold.embedded import Embedded
from limner.model.column import Folded
from limner.model.parse import parse_tags
from limner.model.tag import Tag

T = TypeVar("T")

DAY = 86_400_000_000
START, DAYS = 1_760_000_000_000_000, 180
CHUNK = 250_000
WINDOWS = ("7d", "30d", "90d", "180d")


def make_batch(first: int, rows: int, customers: int, random: np.random.Generator) -> pa.Table:
    """Events of a shop; few customers have many of them."""
    people = (customers * random.random(rows) ** 2).astype(np.int64)
    amounts, categories = random.integers(1, 50_000, rows) / 100, random.integers(0, 40, rows)
    times = pa.array(START + random.integers(0, DAYS * DAY, rows)).cast(pa.timestamp("us", "UTC"))
    names = np.array(["login", "view_item", "add_to_cart", "order_paid"])[
        random.choice(4, rows, p=[0.3, 0.5, 0.1, 0.1])
    ]
    return pa.table(
        {
            "event_id": pa.array([f"e{i}" for i in range(first, first + rows)]),
            "source": pa.array(["web"] * rows),
            "name": pa.array(names, pa.string()),
            "time": times,
            "received_at": times,
            "properties": pa.array([f'{{"amount": {a}, "category": "c{c}"}}' for a, c in zip(amounts, categories)]),
            "traits": pa.nulls(rows, pa.string()),
            "id.user_id": pa.array([f"u{person}" for person in people]),
        }
    )


def make_tags() -> list[Tag]:
    """48 tags: twelve measures over four windows."""
    paid = {"of": "order_paid"}
    measures: dict[str, dict[str, Any]] = {
        "orders": {"count": "*", **paid},
        "views": {"count": "*", "of": "view_item"},
        "spend": {"sum": "amount", **paid},
        "average": {"avg": "amount", **paid},
        "highest": {"max": "amount", **paid},
        "middle": {"median": "amount", **paid},
        "categories": {"distinct": "category", "of": "view_item"},
        "favourite": {"top": "category", "by": {"sum": "amount"}, **paid},
        "latest": {"list": "category", "last": 5, "of": "view_item"},
        "days": {"days": "*"},
        "hours": {"hours": "*", "of": "login"},
        "last": {"last": "time"},
    }
    data = {
        f"{name}_{window}": {"layer": "fact", "fold": {**fold, "within": window}}
        for name, fold in measures.items()
        for window in WINDOWS
    }
    tags, problems = parse_tags(data, "bench")
    assert not problems, problems
    return tags


def timed(what: str, work: Callable[[], T]) -> T:
    start = perf_counter()
    answer = work()
    print(f"{what:34} {perf_counter() - start:7.2f} s", flush=True)
    return answer


def count_differences(left: Folded, right: Folded) -> int:
    """Tags of which any bit differs."""

    def bits(folded: Folded, name: str) -> list[bytes | None]:
        column = folded.columns[name]
        arrays = (folded.customers, column.values, column.offsets, column.confidence)
        return [None if array is None else array.tobytes() for array in arrays]

    return sum(bits(left, name) != bits(right, name) for name in left.columns)


def start_spark() -> Any:
    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    quiet = builder.config("spark.ui.showConsoleProgress", "false").config("spark.driver.maxResultSize", "4g")
    return quiet.config("spark.driver.host", "127.0.0.1").getOrCreate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=20_000)
    chosen = parser.parse_args()
    random, tags, as_of = np.random.default_rng(1), make_tags(), START + DAYS * DAY
    with TemporaryDirectory() as name:
        folder = Path(name)
        limner.init(folder / "shop")
        with limner.open(folder / "shop") as workspace:
            for first in range(0, chosen.events, CHUNK):
                rows = min(CHUNK, chosen.events - first)
                workspace.parts.log.append(make_batch(first, rows, chosen.customers, random))
            moment = timed("log to timelines", lambda: workspace.moment(extra=tags))
            print(f"{chosen.events:,} events, {len(moment.view.customers):,} customers, {len(tags)} tags")
            timed("log to lake", lambda: export_lake(workspace, folder / "lake", tags=tags))
            seen, vocabulary = workspace.parts.seen, moment.plan.vocabulary
            embedded = Embedded(vocabulary, seen, lambda known_at: moment.view.slices(), threads=2)
            for turn in ("first", "second", "third"):
                expected = timed(f"embedded, {turn}", lambda: embedded.fold(tags, as_of))
        session = timed("Spark session", start_spark)
        engine = timed("Spark reads the manifest", lambda: SparkEngine(folder / "lake", session))
        for turn in ("first", "second", "third"):
            found = timed(f"Spark, {turn}", lambda: engine.fold(tags, as_of))
        session.stop()
        differ = count_differences(expected, found)
        print(f"{differ} of {len(tags)} tags differ")
        if differ:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
