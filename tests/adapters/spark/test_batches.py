"""A task without Spark: whole customers out of any batches, and columns there and back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.adapters.spark.batches import cut_customers, read_folded, spell_schema, write_folded
from limner.model.column import Folded, TagColumn, ValueType

AS_OF = 1_760_000_000_000_000


def make_batches(lengths: list[int], cuts: list[int]) -> list[pa.RecordBatch]:
    """Customer i has lengths[i] rows, numbered through; the batches end at the cuts."""
    customers = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    table = pa.record_batch({"customer": customers, "row": np.arange(len(customers))})
    edges = [0, *sorted(min(cut, len(customers)) for cut in cuts), len(customers)]
    return [table.slice(low, high - low) for low, high in pairwise(edges)]


@given(
    lengths=st.lists(st.integers(1, 30), max_size=20),
    cuts=st.lists(st.integers(0, 300), max_size=30),
    enough=st.integers(1, 60),
)
def test_every_row_comes_once_with_the_whole_of_its_customer(lengths: list[int], cuts: list[int], enough: int) -> None:
    tables = list(cut_customers(make_batches(lengths, cuts), enough))
    assert [row for table in tables for row in table["row"].to_pylist()] == list(range(sum(lengths)))
    seen = [set(table["customer"].to_pylist()) for table in tables]
    assert all(seen), "no table is empty"
    assert sum(len(customers) for customers in seen) == len(lengths), "no customer is in two tables"
    assert all(table.num_rows >= enough for table in tables[:-1])


def test_rows_are_folded_as_soon_as_there_are_enough() -> None:
    tables = cut_customers(make_batches([10] * 100, list(range(0, 1000, 10))), 50)
    assert max(table.num_rows for table in tables) <= 60


def test_a_giant_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting rows are not copied again with every batch."""
    joined = []
    original = pa.Table.from_batches

    class Counting:
        @staticmethod
        def from_batches(batches: list[pa.RecordBatch]) -> pa.Table:
            joined.append(len(batches))
            return original(batches)

    batches = make_batches([3, 500, 3], list(range(0, 506, 5)))
    monkeypatch.setattr(pa, "Table", Counting)
    list(cut_customers(batches, 10))
    assert sum(joined) <= len(batches) + 2


def make_folded(size: int) -> Folded:
    """A column of every type, with nulls."""
    random = np.random.default_rng(7)
    lengths = random.integers(0, 4, size)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    words = ("a", "b")
    doubles = random.random(size)
    doubles[::3], doubles[1::3] = np.nan, -0.0
    codes = random.integers(-1, 2, size).astype(np.int32)
    share = random.random(size).astype(np.float32)
    listed = random.integers(0, 2, offsets[-1])
    columns = {
        "integer": TagColumn(ValueType.INTEGER, random.integers(-5, 5, size), since_last=True),
        "decimal": TagColumn(ValueType.DECIMAL, random.integers(-5, 5, size), 4),
        "float": TagColumn(ValueType.FLOAT, doubles),
        "text": TagColumn(ValueType.TEXT, codes, dictionary=words, confidence=share),
        "bool": TagColumn(ValueType.BOOL, random.integers(-1, 2, size).astype(np.int8)),
        "texts": TagColumn(ValueType.TEXTS, listed.astype(np.int32), dictionary=words, offsets=offsets),
        "numbers": TagColumn(ValueType.NUMBERS, listed.astype(np.int64), 2, offsets=offsets),
        "hours": TagColumn(ValueType.COUNTS, random.integers(0, 9, (size, 24)).astype(np.int32)),
    }
    return Folded(np.arange(size, dtype=np.int32) * 3, columns, AS_OF, 2 * size)


def test_columns_there_and_back_in_any_order_of_batches() -> None:
    folded, empty = make_folded(50), make_folded(0)
    batches = list(write_folded(folded, np.full(50, 2)))
    table = pa.Table.from_batches(batches)
    shuffled = pa.concat_tables([table.slice(30), table.slice(7, 23), table.slice(0, 7)])
    found = read_folded(shuffled, empty)
    assert found.customers.tolist() == folded.customers.tolist()
    assert found.events == folded.events
    for name, column in folded.columns.items():
        other = found.columns[name]
        assert (other.type, other.scale, other.dictionary, other.since_last) == (
            column.type,
            column.scale,
            column.dictionary,
            column.since_last,
        )
        for part in ("values", "offsets", "confidence"):
            left, right = getattr(column, part), getattr(other, part)
            assert left is right is None or (left.dtype == right.dtype and left.tobytes() == right.tobytes()), name


def test_schema_names_what_is_written() -> None:
    names = [field.split()[0] for field in spell_schema(make_folded(0)).split(", ")]
    assert names == next(write_folded(make_folded(2), np.ones(2, np.int64))).schema.names


def test_nobody() -> None:
    empty = make_folded(0)
    assert read_folded(pa.table({"customer": pa.array([], pa.int32())}), empty) is empty
