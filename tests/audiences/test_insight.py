"""Distributions and TGI: against plain SQL, and the edges by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from limner.audiences.insight import Distribution, compare_audience
from limner.errors import DefinitionError
from limner.fold.export import export_table
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType

ZONE = "Asia/Shanghai"
AS_OF = 1_700_000_000_000_000
TODAY = 19_676
NOBODY = pa.table(
    {"customer": pa.array([], pa.int32()), "type": pa.array([], pa.string()), "value": pa.array([], pa.string())}
)


def integers(*values: int | None, **more: Any) -> TagColumn:
    return TagColumn(ValueType.INTEGER, np.array([NULL_NUMBER if v is None else v for v in values]), **more)


def folded(**columns: TagColumn) -> Folded:
    size = len(next(iter(columns.values())).values)
    return Folded(np.arange(size, dtype=np.int32), columns, AS_OF, 0)


def told(distribution: Distribution) -> list[tuple[Any, int, float | None]]:
    return [(share.value, share.count, share.tgi) for share in distribution.values]


def crowd(size: int = 30_000) -> Folded:
    """Enough customers that sampling, blocks and threads all come in."""
    random = np.random.default_rng(7)
    day = 86_400_000_000
    lengths = random.integers(0, 3, size)
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    first = random.integers(0, 5, size)
    lists = np.concatenate([(first[i] + np.arange(lengths[i])) % 5 for i in range(size)]).astype(np.int32)
    spend = np.where(random.random(size) < 0.3, 0, random.integers(0, 10**8, size))
    return Folded(
        np.arange(size, dtype=np.int32),
        {
            "city": TagColumn(ValueType.TEXT, random.integers(-1, 5, size).astype(np.int32), dictionary=tuple("abcde")),
            "vip": TagColumn(ValueType.BOOL, random.integers(-1, 2, size).astype(np.int8)),
            "orders": TagColumn(
                ValueType.INTEGER, np.where(random.random(size) < 0.1, NULL_NUMBER, random.poisson(2, size))
            ),
            "spend": TagColumn(ValueType.DECIMAL, np.where(random.random(size) < 0.05, NULL_NUMBER, spend), scale=4),
            "ratio": TagColumn(ValueType.FLOAT, np.where(random.random(size) < 0.2, np.nan, random.normal(0, 9, size))),
            "seen": TagColumn(ValueType.TIME, AS_OF - random.integers(0, 400 * day, size)),
            "idle": integers(*(TODAY - random.integers(0, 90, size)).tolist(), since_last=True),
            "skus": TagColumn(ValueType.TEXTS, lists, dictionary=tuple("vwxyz"), offsets=offsets),
        },
        AS_OF,
        0,
    )


def sql_of(tag: str, value: Any) -> str:
    if value is None:
        return f"{tag} is null"
    if isinstance(value, Mapping):
        words = {"gte": ">=", "gt": ">", "lt": "<"}
        said = {op: f"timestamptz '{edge}'" if isinstance(edge, str) else repr(edge) for op, edge in value.items()}
        return " and ".join(f"{tag} {words[op]} {edge}" for op, edge in said.items())
    return f"list_contains(skus, '{value}')" if tag == "skus" else f"{tag} = {value!r}"


@pytest.mark.parametrize("base", ["true", "vip is null or not vip"])
def test_every_cell_is_what_sql_counts(base: str) -> None:
    everybody = crowd()
    table = export_table(everybody, everybody.columns, NOBODY, ZONE)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.register("crowd", table)
    connection.execute("create table c as select * from crowd")
    masks = connection.execute(f"select coalesce(spend > 3000, false) a, {base} b from c").fetchnumpy()
    audience, in_base = (np.asarray(masks[name], bool) for name in "ab")
    insight = compare_audience(
        everybody, audience, None if base == "true" else in_base, list(everybody.columns), ZONE, smallest_cell=0
    )
    assert (insight.size, insight.base_size) == (audience.sum(), in_base.sum())
    for tag, distribution in insight.tags.items():
        assert (distribution.withheld, distribution.unlisted) == (0, 0)
        for share in distribution.values:
            within = sql_of(tag, share.value)
            query = f"select count(*) filter (where spend > 3000), count(*) filter (where {base}) from c where {within}"
            count, base_count = connection.execute(query).fetchone() or (0, 0)
            assert share.count == count, (tag, share.value)
            assert share.share == pytest.approx(count / insight.size, rel=1e-12)
            assert share.base_share == pytest.approx(base_count / insight.base_size, rel=1e-12)
            if base_count:
                assert share.tgi == pytest.approx(
                    count / insight.size / (base_count / insight.base_size) * 100, rel=1e-12
                )
        if tag != "skus":
            assert sum(share.count for share in distribution.values) == insight.size, tag


def test_words_by_their_count_and_null_last() -> None:
    city = TagColumn(
        ValueType.TEXT, np.array([1, 1, 0, NULL_CODE, NULL_CODE, NULL_CODE], np.int32), dictionary=("a", "b", "c")
    )
    insight = compare_audience(folded(city=city), np.ones(6, bool), None, ["city"], ZONE, smallest_cell=0)
    assert told(insight.tags["city"]) == [("b", 2, 100.0), ("a", 1, 100.0), (None, 3, 100.0)]


def test_few_numbers_stand_alone_and_days_since_ascend() -> None:
    columns = folded(
        orders=integers(0, 0, 3, 7, None), idle=integers(TODAY, TODAY - 2, TODAY - 2, None, None, since_last=True)
    )
    insight = compare_audience(
        columns, np.array([True, False, True, True, True]), None, ["orders", "idle"], ZONE, smallest_cell=1
    )
    assert [value for value, _, _ in told(insight.tags["orders"])] == [0, 3, 7, None]
    assert [(value, count) for value, count, _ in told(insight.tags["idle"])] == [(0, 1), (2, 1), (None, 2)]


def test_numbers_the_sample_missed_fall_in_ranges_between() -> None:
    values = np.zeros(100_000, np.int64)
    values[1:100:2] = 5  # odd rows are not in the sample of every sixth
    insight = compare_audience(
        folded(n=TagColumn(ValueType.INTEGER, values)), np.ones(100_000, bool), None, ["n"], ZONE
    )
    assert [(value, count) for value, count, _ in told(insight.tags["n"])] == [(0, 99_950), ({"gte": 1}, 50)]


def test_a_value_that_fills_a_tenth_stands_alone() -> None:
    spend = np.concatenate((np.zeros(500, np.int64), np.arange(1, 501) * 10_000))
    insight = compare_audience(
        folded(spend=TagColumn(ValueType.DECIMAL, spend, scale=4)), np.ones(1000, bool), None, ["spend"], ZONE
    )
    values = [value for value, _, _ in told(insight.tags["spend"])]
    assert values[:3] == [0, {"gte": 1, "lt": 101}, {"gte": 101, "lt": 201}]
    assert values[-1] == {"gte": 401}


def test_given_edges_cut_numbers_and_times() -> None:
    seen = TagColumn(ValueType.TIME, np.array([AS_OF, AS_OF - 86_400_000_000, NULL_NUMBER]))
    spend = TagColumn(ValueType.DECIMAL, np.array([5000, 10_000, 25_001]), scale=4)
    insight = compare_audience(
        folded(seen=seen, spend=spend),
        np.ones(3, bool),
        None,
        ["seen", "spend"],
        ZONE,
        edges={"seen": ["2023-11-15"], "spend": [2.5, 1]},
        smallest_cell=0,
    )
    day = "2023-11-15T00:00:00+08:00"
    assert [(v, n) for v, n, _ in told(insight.tags["seen"])] == [({"lt": day}, 1), ({"gte": day}, 1), (None, 1)]
    assert [(v, n) for v, n, _ in told(insight.tags["spend"])] == [
        ({"lt": 1}, 1),
        ({"gte": 1, "lt": 2.5}, 1),
        ({"gte": 2.5}, 1),
    ]


def test_small_cells_are_withheld_and_said_so() -> None:
    codes = [0] * 30 + [1] * 12 + [2] * 9 + [3]
    city = TagColumn(ValueType.TEXT, np.array(codes, np.int32), dictionary=tuple("abcd"))
    insight = compare_audience(folded(city=city), np.array([True] * 51 + [False]), None, ["city"], ZONE)
    # Of c alone, the size less a and b would tell: b is withheld with it.
    assert [value for value, _, _ in told(insight.tags["city"])] == ["a"]
    assert (insight.tags["city"].withheld, insight.smallest_cell) == (3, 10)


def test_empty_audiences_and_bases_have_no_shares() -> None:
    columns = folded(n=integers(1, 2))
    nobody, everybody = np.zeros(2, bool), np.ones(2, bool)
    of_nobody = compare_audience(columns, nobody, None, ["n"], ZONE, smallest_cell=0).tags["n"].values
    assert [(share.count, share.share, share.tgi) for share in of_nobody] == [(0, None, None), (0, None, None)]
    against_nobody = compare_audience(columns, everybody, nobody, ["n"], ZONE, smallest_cell=0).tags["n"].values
    assert [(s.value, s.share, s.base_share, s.tgi) for s in against_nobody] == [({"is_null": False}, 1.0, None, None)]


def test_hours_count_who_was_active_in_them() -> None:
    hours = np.zeros((3, 24), np.int32)
    hours[0, 8], hours[0, 21], hours[1, 21] = 1, 5, 1
    insight = compare_audience(
        folded(hours=TagColumn(ValueType.COUNTS, hours)), np.ones(3, bool), None, ["hours"], ZONE, smallest_cell=1
    )
    assert [(value, count) for value, count, _ in told(insight.tags["hours"])] == [(8, 1), (21, 2), (None, 1)]


@pytest.mark.parametrize(
    ("tags", "edges", "said"),
    [
        (["spned"], {}, "Did you mean spend?"),
        (["spend"] * 101, {}, "at most 100"),
        (["spend"], {"spend": ["x"]}, "is not a number"),
        (["seen"], {"seen": [5]}, "is not a date or an instant"),
        (["spend"], {"seen": [5]}, "not among the tags asked for"),
        (["spend"], {"spend": [math.inf]}, "is not a number"),
    ],
)
def test_what_cannot_be_compared_is_said(tags: list[str], edges: dict[str, list[Any]], said: str) -> None:
    columns = folded(spend=integers(1, 2), seen=TagColumn(ValueType.TIME, np.array([1, 2])))
    with pytest.raises(DefinitionError, match=said):
        compare_audience(columns, np.ones(2, bool), None, tags, ZONE, edges=edges)
