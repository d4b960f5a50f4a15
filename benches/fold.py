"""The fold: 48 tags from memory-mapped timelines. Limner against DuckDB and Polars, one query per tag, same rows.

    python benches/fold.py [--events 50000000] [--peer-events 5000000] [--threads 2]

A customer has 50 events on average (a few have thousands). The peers get their rows sorted by customer and time: DuckDB
as a table of its own, Polars as a Parquet file (what a user has), and as a frame that was read and prepared beforehand
(its fastest form: words as enums, customers marked as sorted). They may run on fewer events; ratios are per event. All
answers are compared, exactly. ``--peers`` chooses; ``--times`` is how often each of their queries runs.
"""

from __future__ import annotations

import argparse
import gc
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from pyarrow import parquet
from shop import AS_OF, COLUMNS, DAYS, FIRST_DAY, NAMES, WORDS, as_arrow, make_slices, tag_definitions

from limner.fold.embedded import fold_stretches
from limner.fold.plan import build_plan
from limner.model.column import NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.parse import parse_fold
from limner.model.stretch import whole
from limner.model.tag import Layer, Tag
from limner.model.timeline import Slice, Vocabulary

TIMES = 5
"""Our runs; the least counts."""
T = TypeVar("T")


def fold_tags(slices: Sequence[Slice], threads: int) -> Folded:
    tags = [Tag(name, Layer.FACT, parse_fold(definition)) for name, definition in tag_definitions().items()]
    vocabulary = Vocabulary(NAMES, ("bench",), {(c.path, c.kind): c for c in COLUMNS}, WORDS)
    numbers = {"amount": frozenset({"number"})}
    plan = build_plan(tags, vocabulary, lambda path: numbers.get(path, frozenset({"string"})))
    everybody = np.concatenate([part.customers for part in slices])
    return fold_stretches(plan, map(whole, slices), AS_OF, everybody=everybody, threads=threads)


def as_floats(column: TagColumn) -> npt.NDArray[np.float64] | npt.NDArray[Any]:
    """Stored values as doubles; null is NaN. (All values of this bench are exact in double.)"""
    if column.type is ValueType.FLOAT:
        return column.values
    null = -1 if column.type is ValueType.TEXT else NULL_NUMBER
    return np.where(column.values == null, np.nan, column.values.astype(np.float64))


# --- peers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Query:
    """One tag for the peers: which rows, and the measure in SQL and in Polars."""

    where: str
    sql: str
    expression: pl.Expr | None
    """None: the measure takes two steps."""
    names: tuple[str, ...]
    first_day: int
    condition: pl.Expr | None
    by: str | None = None
    """top: the value; ``sql`` is its weight."""


def queries() -> Iterator[tuple[str, Query]]:
    for name, definition in tag_definitions().items():
        names = definition.get("of", definition.get("since", ()))
        names = (names,) if isinstance(names, str) else tuple(names)
        days = int(definition["within"][:-1]) if "within" in definition else DAYS + 1
        first_day = FIRST_DAY + DAYS - days
        sql = [f"name in {list(names)!r}".replace("[", "(").replace("]", ")")] if names else []
        sql += [f"day >= {first_day}"] if "within" in definition else []
        condition = None
        if "where" in definition:
            channel = "channel" in definition["where"]
            sql.append("channel = 'app'" if channel else "amount >= 5000000")
            condition = pl.col("channel") == "app" if channel else pl.col("amount") >= 5_000_000
        measure, expression = spell_measure(definition)
        by = definition.get("top")
        yield name, Query(" and ".join(sql) or "true", measure, expression, names, first_day, condition, by)


def spell_measure(definition: dict[str, Any]) -> tuple[str, pl.Expr | None]:
    """The measure in SQL and in Polars; money stays in ten-thousandths."""
    measure, what = next(
        (key, value) for key, value in definition.items() if key not in ("of", "where", "within", "by")
    )
    column = what if isinstance(what, str) else ""
    amount = pl.col("amount")
    match measure:
        case "count":
            return "count(*)", pl.len()
        case "sum":
            return "sum(amount)", amount.sum()
        case "avg":
            return "sum(amount)::double / (count(*) * 1e4)", amount.sum() / (pl.len() * 1e4)
        case "median":
            return "median(amount) / 1e4", amount.median() / 1e4
        case "min" | "max":
            return f"{measure}(amount)", getattr(amount, measure)()
        case "distinct":
            return f"count(distinct {column})", pl.col(column).n_unique()
        case "days":
            return "count(distinct day)", pl.col("day").n_unique()
        case "since":
            return "max(day)", pl.col("day").max()
        case "first" | "last":
            edge = "arg_min" if measure == "first" else "arg_max"
            ordered = pl.col(column).first() if measure == "first" else pl.col(column).last()
            return ("max(time)" if column == "time" else f"{edge}({column}, row)"), ordered
        case "share":
            ((path, value),) = what.items()
            chosen = pl.col(path) == value
            if "by" in definition:
                sql = f"coalesce(sum(amount) filter ({path} = '{value}'), 0)::double / sum(amount)"
                return sql, amount.filter(chosen).sum() / amount.sum()
            return f"count(*) filter ({path} = '{value}')::double / count(*)", chosen.mean()
        case _:
            return ("sum(amount)" if "by" in definition else "count(*)"), None


def ask_duckdb(connection: duckdb.DuckDBPyConnection, query: Query) -> pa.Table:
    if query.by is None:
        sql = f"select customer, {query.sql} as value from events where {query.where} group by customer"
    else:
        sql = f"""
            with weighed as (
                select customer, {query.by} as value, {query.sql} as weight, max(time) as last
                from events where {query.where} group by customer, {query.by}
            )
            select customer, arg_max(value, (weight, last)) as value from weighed group by customer
        """
    return connection.sql(sql).to_arrow_table()


def fastest_frame(rows: pa.Table) -> pl.DataFrame:
    """The rows as Polars is quickest with them."""
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    words = {"name": NAMES} | {column.path: WORDS[column.name] for column in COLUMNS if column.name in WORDS}
    enums = [pl.col(name).cast(pl.Enum(list(known))) for name, known in words.items()]
    return frame.rechunk().with_columns(pl.col("customer").set_sorted(), *enums)


def ask_polars(frame: pl.LazyFrame, query: Query) -> pl.LazyFrame:
    rows = frame
    if query.names:
        rows = rows.filter(pl.col("name").is_in(query.names))
    if query.first_day > FIRST_DAY:
        rows = rows.filter(pl.col("day") >= query.first_day)
    if query.condition is not None:
        rows = rows.filter(query.condition)
    if query.expression is not None:
        return rows.group_by("customer").agg(query.expression.alias("value"))
    weight = pl.len() if query.sql == "count(*)" else pl.col("amount").sum()
    weighed = rows.group_by("customer", query.by).agg(weight.alias("weight"), pl.col("time").max().alias("last"))
    best = pl.col(query.by).sort_by("weight", "last").last().alias("value")
    return weighed.group_by("customer").agg(best)


# --- the comparison --------------------------------------------------------------------------------------------------


def differing(column: TagColumn, customers: npt.NDArray[Any], values: pa.ChunkedArray) -> int:
    """Customers for whom a peer's answer is another one. Those without a row are null, or 0 where the measure is."""
    ours = as_floats(column)
    empty = 0.0 if column.type is ValueType.INTEGER and not column.since_last else np.nan
    empty = 0.0 if column.type is ValueType.DECIMAL and not np.isnan(ours).any() else empty
    theirs = np.full(len(ours), empty)
    if column.type is ValueType.TEXT:
        codes = {word: code for code, word in enumerate(column.dictionary)}
        theirs[customers] = [np.nan if value is None else codes[value] for value in values.to_pylist()]
    else:
        theirs[customers] = np.asarray(values.to_numpy(), np.float64)
    return int((~np.isclose(ours, theirs, rtol=1e-15, atol=0, equal_nan=True)).sum())


def run_often(work: Callable[[], T], times: int = TIMES) -> tuple[T, float, float]:
    """What it gives, and the least seconds and seconds of processor of several runs."""
    runs = []
    for _ in range(times):
        gc.collect()
        start, before = time.perf_counter(), time.process_time()
        answer = work()
        runs.append((time.perf_counter() - start, time.process_time() - before))
    return answer, min(seconds for seconds, _ in runs), min(busy for _, busy in runs)


Result = tuple[str, float, float, list[str]]
"""(peer, seconds, seconds of processor, tags whose answers differ)."""


def run_duckdb(rows: pa.Table, folded: Folded, times: int) -> Iterator[Result]:
    with TemporaryDirectory() as folder:
        connection = duckdb.connect(f"{folder}/bench.duckdb", config={"threads": 2})
        connection.execute("set enable_progress_bar=false")
        connection.execute("create table events as select * from rows")
        wrong, spent, worked = [], 0.0, 0.0
        for name, query in queries():
            answer, least, busy = run_often(lambda query=query: ask_duckdb(connection, query), times)
            spent, worked = spent + least, worked + busy
            if differing(folded.columns[name], answer["customer"].to_numpy(), answer["value"]):
                wrong.append(name)
        connection.close()
        yield "DuckDB, a query per tag", spent, worked, wrong


def run_polars(rows: pa.Table, folded: Folded, times: int) -> Iterator[Result]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "events.parquet"
        parquet.write_table(rows, file, row_group_size=250_000)
        yield from run_lazily("Polars, streaming, from Parquet", pl.scan_parquet(file), folded, times)
    yield from run_lazily("Polars, streaming, from a prepared frame", fastest_frame(rows).lazy(), folded, times)


def run_lazily(peer: str, frame: pl.LazyFrame, folded: Folded, times: int) -> Iterator[Result]:
    """A query per tag, and all of them in one go."""
    wrong, spent, worked = [], 0.0, 0.0
    asked = {name: ask_polars(frame, query) for name, query in queries()}

    def check(name: str, answer: pl.DataFrame) -> None:
        if differing(folded.columns[name], answer["customer"].to_numpy(), answer["value"].to_arrow()):
            wrong.append(name)

    for name, query in asked.items():
        answer, least, busy = run_often(lambda query=query: query.collect(engine="streaming"), times)
        spent, worked = spent + least, worked + busy
        check(name, answer)
    yield f"{peer}, a query per tag", spent, worked, wrong
    answers, spent, worked = run_often(lambda: pl.collect_all(asked.values(), engine="streaming"), times)
    wrong = []
    for name, answer in zip(asked, answers, strict=True):
        check(name, answer)
    yield f"{peer}, all tags in one go", spent, worked, wrong


class Watch(Thread):
    """Notes the most memory that is held while it runs, in GB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self._over = 0.0, Event()

    def run(self) -> None:
        while not self._over.wait(0.01):
            self.most = max(self.most, anonymous_memory())

    def stop(self) -> float:
        self._over.set()
        self.join()
        return self.most


def anonymous_memory() -> float:
    """GB of this process that are not mapped files."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--peer-events", type=int, default=5_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", choices=("all", "duckdb", "polars"), default="all")
    parser.add_argument("--times", type=int, default=TIMES)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        slices = make_slices(Path(folder), chosen.events)
        rows, customers = sum(int(part.offsets[-1]) for part in slices), sum(map(len, slices))
        print(f"{rows:,} events, {customers:,} customers, {len(tag_definitions())} tags, {chosen.threads} threads")
        fold_tags(slices[:1], chosen.threads)
        before = anonymous_memory()
        watch = Watch()
        watch.start()
        fold_tags(slices, chosen.threads)
        most = watch.stop() - before
        folded, ours, spent = run_often(lambda: fold_tags(slices, chosen.threads))
        print(f"Limner: {ours:.2f} s, {spent:.1f} of processor: the least of {TIMES}; a peer: of {chosen.times}")
        print(f"  {rows / ours / 1e6:.1f} M events/s, {most:.2f} GB at most beyond the mapped files")
        part = slices[: max(1, round(len(slices) * chosen.peer_events / chosen.events))]
        peer_rows = sum(int(p.offsets[-1]) for p in part)
        small = fold_tags(part, chosen.threads) if len(part) < len(slices) else folded
        given = as_arrow(part)
        peers = {"duckdb": run_duckdb, "polars": run_polars}
        runs = (run(given, small, chosen.times) for name, run in peers.items() if chosen.peers in ("all", name))
        for peer, seconds, worked, wrong in chain.from_iterable(runs):
            ratio, busy = (seconds / peer_rows) / (ours / rows), (worked / peer_rows) / (spent / rows)
            print(
                f"{peer}: {seconds:.1f} s, {worked:.1f} of processor for {peer_rows:,} events = {ratio:.1f}x, "
                f"{busy:.1f}x the processor time; answers that differ: {wrong or 'none'}"
            )


if __name__ == "__main__":
    main()
