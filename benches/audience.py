"""Questions about everybody: count an audience, compare it with the base. Limner against DuckDB over the same columns.

    python benches/audience.py [--customers 5000000] [--rules 50]

Answers are compared; times are of the same process, each rule asked of one and then of the other. DuckDB has the
columns as a native table in memory, in the same order of customers, with words as ENUMs (its fastest form).
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from limner.audiences.crowd import Crowd
from limner.audiences.insight import Distribution, Insight
from limner.fold.columns import load_columns, save_columns
from limner.fold.export import Roster, export_table
from limner.fold.formats import Format, stream, write_file
from limner.model.column import NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.condition import All, AnyOf, Condition, TagTest
from limner.model.fold import Op

AS_OF = 1_760_000_000_000_000
DAY = 86_400_000_000
ZONE = "Asia/Shanghai"
NOBODY = pa.table(
    {
        name: pa.array([], kind)
        for name, kind in (("customer", pa.int32()), ("type", pa.string()), ("value", pa.string()))
    }
)
COMPARED = 20
Random = np.random.Generator


def make_columns(size: int, random: Random) -> Folded:
    """60 tags: 20 words, 10 truths, 15 integers (3 of them days since), 8 decimals, 4 doubles, 3 times."""
    columns: dict[str, TagColumn] = {}
    for i in range(20):
        words = tuple(f"w{j}" for j in range((3, 6, 12, 40, 90)[i % 5]))
        codes = np.minimum(random.zipf(1.5, size) - 2, len(words) - 1).astype(np.int32)
        columns[f"word_{i}"] = TagColumn(ValueType.TEXT, codes, dictionary=words)
    for i in range(10):
        columns[f"truth_{i}"] = TagColumn(ValueType.BOOL, (random.random(size) < 0.1 + i / 20).astype(np.int8))
    for i in range(12):
        columns[f"count_{i}"] = TagColumn(ValueType.INTEGER, random.poisson(1 + 3 * i, size).astype(np.int64))
    for i in range(3):
        days = AS_OF // DAY - random.integers(0, 400, size)
        missing = random.random(size) < 0.1
        columns[f"since_{i}"] = TagColumn(ValueType.INTEGER, np.where(missing, NULL_NUMBER, days), since_last=True)
    for i in range(8):
        spend = (random.lognormal(4 + i / 4, 1.2, size) * 100).astype(np.int64) * 100
        columns[f"spend_{i}"] = TagColumn(ValueType.DECIMAL, np.where(random.random(size) < 0.4, 0, spend), scale=4)
    for i in range(4):
        ratio = np.where(random.random(size) < 0.2, np.nan, random.random(size))
        columns[f"ratio_{i}"] = TagColumn(ValueType.FLOAT, ratio)
    for i in range(3):
        columns[f"time_{i}"] = TagColumn(ValueType.TIME, AS_OF - random.integers(0, 400 * DAY, size))
    return Folded(np.arange(size, dtype=np.int32), columns, AS_OF, 0)


# --- rules -----------------------------------------------------------------------------------------------------------


def make_rule(random: Random, names: list[str]) -> tuple[Condition, str]:
    """3 to 5 tests of different tags, mostly joined by and; the rule and the same in SQL."""
    tests = [make_test(random, name) for name in random.choice(names, int(random.integers(3, 6)), replace=False)]
    if len(tests) > 3 and random.random() < 0.5:
        (a, left), (b, right), *rest = tests
        tests = [(AnyOf((a, b)), f"({left} or {right})"), *rest]
    return All(tuple(test for test, _ in tests)), " and ".join(sql for _, sql in tests)


def make_test(random: Random, name: str) -> tuple[TagTest, str]:
    match name.split("_", maxsplit=1)[0]:
        case "word":
            chosen = tuple(f"w{j}" for j in range(int(random.integers(1, 4))))
            return TagTest(name, Op.IN, chosen), f"{name} in ({', '.join(map(repr, chosen))})"
        case "truth":
            return TagTest(name, Op.EQ, True), name
        case "count":
            least = int(random.integers(1, 20))
            return TagTest(name, Op.GTE, least), f"{name} >= {least}"
        case "since":
            most = int(random.integers(30, 300))
            return TagTest(name, Op.LTE, most), f"{name} <= {most}"
        case "spend":
            low, high = int(random.integers(0, 100)), int(random.integers(200, 2000))
            return TagTest(name, Op.BETWEEN, (low, high)), f"{name} between {low} and {high}"
        case "ratio":
            most = round(float(random.random()), 3)
            return TagTest(name, Op.LT, most), f"{name} < {most}"
    return TagTest(name, Op.GTE, "2025-03-01"), f"{name} >= timestamptz '2025-03-01 00:00:00+08'"


# --- the peer --------------------------------------------------------------------------------------------------------


def open_duckdb(table: pa.Table) -> duckdb.DuckDBPyConnection:
    """The columns as a native table; decimals as DECIMAL, small integers as INTEGER."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set enable_progress_bar = false")
    connection.execute("set TimeZone = 'UTC'")
    connection.register("given", table)
    casts = {"spend": "decimal(18,4)", "count": "integer", "since": "integer"}
    chosen = []
    for name in table.column_names:
        if name.startswith("word"):
            values = ", ".join(f"'w{j}'" for j in range(90))
            connection.execute(f"create type {name}_words as enum ({values})")
            chosen.append(f"{name}::{name}_words as {name}")
        elif kind := casts.get(name.split("_")[0]):
            chosen.append(f"{name}::{kind} as {name}")
        else:
            chosen.append(name)
    connection.execute(f"create table crowd as select {', '.join(chosen)} from given")
    connection.unregister("given")
    return connection


def compare_in_duckdb(connection: duckdb.DuckDBPyConnection, rule: str, insight: Insight) -> tuple[float, float, int]:
    """The same cells, by a GROUP BY per tag and by one query with GROUPING SETS: seconds of both, cells that differ."""
    cells = {tag: sql_of_cells(tag, distribution) for tag, distribution in insight.tags.items()}
    start = time.perf_counter()
    answers = {
        tag: connection.execute(
            f"select {cell} cell, count(*), count(*) filter ({rule}) from crowd group by 1"
        ).fetchall()
        for tag, cell in cells.items()
    }
    each = time.perf_counter() - start
    chosen = ", ".join(f"{cell} cell_{tag}" for tag, cell in cells.items())
    sets = ", ".join(f"(cell_{tag})" for tag in cells)
    query = f"select {', '.join(f'cell_{tag}' for tag in cells)}, count(*), count(*) filter (met) from "
    start = time.perf_counter()
    connection.execute(f"{query} (select {chosen}, {rule} met from crowd) group by grouping sets ({sets})").fetchall()
    fused = time.perf_counter() - start
    wrong = sum(differing(answers[tag], distribution, insight.base_size) for tag, distribution in insight.tags.items())
    return each, fused, wrong


def differing(rows: list[tuple[Any, int, int]], distribution: Distribution, base_size: int) -> int:
    """Cells whose counts are not DuckDB's, and cells only one of the two has."""
    theirs = {cell: (members, of_base) for cell, of_base, members in rows}
    ours = {
        place: (share.count, round((share.base_share or 0) * base_size))
        for place, share in enumerate(distribution.values)
    }
    return sum(theirs.get(place) != ours.get(place) for place in theirs.keys() | ours.keys())


def sql_of_cells(tag: str, distribution: Distribution) -> str:
    """The place of a row's cell among those of the distribution; words by a look-up, numbers by their ranges."""
    if tag.startswith("word"):
        words = [share.value for share in distribution.values]
        known = {word: place for place, word in enumerate(words) if word is not None}
        whens = " ".join(f"when {word!r} then {place}" for word, place in known.items())
        null = words.index(None) if None in words else -1
        return f"case {tag} {whens} else {null} end"
    cells = enumerate(distribution.values)
    return "case " + " ".join(f"when {sql_of_cell(tag, share.value)} then {place}" for place, share in cells) + " end"


def sql_of_cell(tag: str, value: Any) -> str:
    if value is None:
        return f"{tag} is null"
    if not isinstance(value, dict):
        return f"{tag} = {value!r}"
    words = {"gte": ">=", "gt": ">", "lt": "<"}
    edges = {op: f"timestamptz '{edge}'" if isinstance(edge, str) else repr(edge) for op, edge in value.items()}
    return " and ".join(f"{tag} {words[op]} {edge}" for op, edge in edges.items())


# --- the runs --------------------------------------------------------------------------------------------------------


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def count_rules(crowd: Crowd, connection: duckdb.DuckDBPyConnection, rules: int, random: Random) -> Iterator[str]:
    names = list(crowd.folded.columns)
    asked = [make_rule(random, names) for _ in range(rules)]
    ours, theirs, wrong = [], [], 0
    for name in names:  # every column was read once by both
        crowd.count(TagTest(name, Op.IS_NULL, False))
        connection.execute(f"select count({name}) from crowd").fetchone()
    for condition, sql in asked:
        query = f"select count(*) from crowd where {sql}"
        first = min(timed(lambda c=condition: crowd.count(c)) for _ in range(3))
        second = min(timed(lambda q=query: connection.execute(q).fetchone()[0]) for _ in range(3))
        ours.append(first[0] * 1e3)
        theirs.append(second[0] * 1e3)
        wrong += first[1] != second[1]
    yield f"count, {rules} rules of 3-5 tests, best of 3: {wrong} answers differ"
    for share in (50, 95, 100):
        left, right = np.percentile(ours, share), np.percentile(theirs, share)
        yield f"  p{share:<3}  Limner {left:7.1f} ms   DuckDB {right:7.1f} ms   {right / left:5.1f}x"


def compare_tags(crowd: Crowd, connection: duckdb.DuckDBPyConnection, random: Random) -> Iterator[str]:
    tags = [name for name in crowd.folded.columns if name.split("_")[0] in ("word", "truth", "count", "since", "spend")]
    tags = random.permutation(tags).tolist()[:COMPARED]
    condition, sql = (
        All((TagTest("spend_0", Op.GTE, 100), TagTest("count_3", Op.GTE, 8))),
        "spend_0 >= 100 and count_3 >= 8",
    )
    runs = [timed(lambda: crowd.compare(condition, None, tags, smallest_cell=0)) for _ in range(6)]
    insight = runs[0][1]
    cells = sum(len(distribution.values) for distribution in insight.tags.values())
    best, usual = min(seconds for seconds, _ in runs[1:]), float(np.median([seconds for seconds, _ in runs[1:]]))
    each, fused, wrong = compare_in_duckdb(connection, sql, insight)
    yield f"distribution and TGI of {len(tags)} tags, {cells} cells, audience {insight.size:,}: {wrong} cells differ"
    yield f"  Limner {best * 1e3:.0f} ms, median {usual * 1e3:.0f}, at first {runs[0][0] * 1e3:.0f}"
    yield f"  DuckDB {each * 1e3:.0f} ms by a GROUP BY per tag, {each / best:.1f}x"
    yield f"  DuckDB {fused * 1e3:.0f} ms by one query with GROUPING SETS, {fused / best:.1f}x"


def store_and_export(folded: Folded, folder: Path) -> Iterator[str]:
    seconds, _ = timed(lambda: save_columns(folder / "columns", folded, 1, {}))
    yield f"columns saved in {seconds:.1f} s"
    seconds, _ = timed(lambda: load_columns(folder / "columns", verify=False))
    thorough, _ = timed(lambda: load_columns(folder / "columns", verify=True))
    yield f"loaded in {seconds * 1e3:.0f} ms, with all checksums in {thorough:.1f} s"
    part = Folded(folded.customers[:1_000_000], {n: cut(c) for n, c in folded.columns.items()}, AS_OF, 0)
    roster = Roster(part, list(part.columns), NOBODY, ZONE)
    for format in Format:
        blocks = stream(roster.cuts(format.rows), roster.schema, format, ZONE)
        seconds, _ = timed(lambda: write_file(blocks, folder / f"out.{format}"))  # noqa: B023
        yield f"export of {len(roster):,} x {len(roster.schema)} to {format}: {seconds:.1f} s"


def cut(column: TagColumn) -> TagColumn:
    return TagColumn(
        column.type, column.values[:1_000_000], column.scale, column.dictionary, since_last=column.since_last
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=5_000_000)
    parser.add_argument("--rules", type=int, default=50)
    chosen = parser.parse_args()
    random = np.random.default_rng(1)
    with TemporaryDirectory() as folder:
        folded = make_columns(chosen.customers, random)
        print(f"{chosen.customers:,} customers x {len(folded.columns)} tags")
        for line in store_and_export(folded, Path(folder)):
            print(line)
        stored = load_columns(Path(folder) / "columns")
        assert stored is not None
        connection = open_duckdb(export_table(folded, list(folded.columns), NOBODY, ZONE).drop(["customer_id"]))
        del folded
        gc.collect()
        crowd = Crowd(stored.folded, ZONE)
        for line in (*count_rules(crowd, connection, chosen.rules, random), *compare_tags(crowd, connection, random)):
            print(line)


if __name__ == "__main__":
    main()
