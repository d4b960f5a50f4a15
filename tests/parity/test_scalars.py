"""Values read out of JSON by kernels are what the engine's own query says."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.parity.test_plain import NUMBERS

from limner.adapters.duckdb.log import read_by_engine, read_values
from limner.adapters.duckdb.scalars import is_simple, read_scalars
from limner.model.timeline import Column, Kind

PATHS = ("amount", "城市", "page.path", "page.深.x", "traits.city", "traits.page.n", "a b", "products[].sku", 'od"d')
COLUMNS = [
    Column(f"p{place}{kind.value}", path, kind)
    for place, path in enumerate(PATHS)
    for kind in (Kind.NUMBER, Kind.TEXT, Kind.TIME)
]
RAW = ("12.34565", "-0.00005", "0.00004", "-0", "1.50", "9999999999999", "99999999999999", "0.12345", "1e3", "100",
       "123456789.12345", "12.123456", "-7.25", "0", "0.5", "-12.3")  # fmt: skip
TEXTS = ("", "x", "上海", 'a"b', "a\\b", "12.5", " 7 ", "true", "😀", "\n", "/")


class Chance(Random):
    def value(self, depth: int = 0) -> str:
        kind = self.random()
        if kind < 0.3:
            return self.choice(RAW) if self.random() < 0.7 else json.dumps(self.choice(NUMBERS))
        if kind < 0.6:
            return json.dumps(self.choice(TEXTS), ensure_ascii=self.random() < 0.2)
        if kind < 0.75 or depth > 2:
            return self.choice(("null", "true", "false", "[]", "{}"))
        return self.object(depth + 1) if kind < 0.95 else f"[{self.value(depth + 1)}]"

    def object(self, depth: int = 0) -> str:
        names = ("amount", "城市", "page", "path", "深", "x", "city", "n", "a b", "products")
        chosen = self.sample(names, self.randrange(7)) + self.choices(names, k=self.random() < 0.05)
        space = self.choice(("", " "))
        spelled = [json.dumps(name, ensure_ascii=self.random() < 0.1) for name in chosen]
        return "{" + f",{space}".join(f"{name}:{space}{self.value(depth)}" for name in spelled) + "}"


def make_batch(texts: list[tuple[str | None, str | None]]) -> pa.Table:
    properties, traits = zip(*texts, strict=True)
    return pa.table(
        {
            "time": pa.array(np.arange(len(texts)), pa.timestamp("us", "UTC")),
            "properties": pa.array(properties, pa.string()),
            "traits": pa.array(traits, pa.string()),
        }
    )


@pytest.fixture(scope="module")
def cursor() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@pytest.mark.parametrize("seed", range(4))
def test_values_are_what_the_engine_reads(cursor: duckdb.DuckDBPyConnection, seed: int) -> None:
    chance = Chance(seed)
    texts: list[Any] = [
        tuple(None if chance.random() < 0.1 else chance.object() for _ in range(2)) for _ in range(1_500)
    ]
    batch = make_batch(texts)
    found, slow = read_values(cursor, batch, COLUMNS), read_by_engine(cursor, batch, COLUMNS)
    for column in COLUMNS:
        for row, (mine, engine) in enumerate(zip(found[column.name].to_pylist(), slow[column.name].to_pylist())):
            assert mine == engine, (column, texts[row])
    simple = [column for column in COLUMNS if is_simple(column)]
    assert {column.path for column in COLUMNS} - {column.path for column in simple} == {"products[].sku", 'od"d'}
    _, odd = read_scalars(batch, [column for column in simple if column.path == "page.path"])
    assert 0.05 < odd.mean() < 0.7


def test_lots_without_any_json_have_no_values(cursor: duckdb.DuckDBPyConnection) -> None:
    found = read_values(cursor, make_batch([(None, None)] * 3), COLUMNS)
    assert found.num_rows == 3
    assert all(column.null_count == 3 for column in found.columns)
