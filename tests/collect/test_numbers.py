from __future__ import annotations

import json

import pyarrow as pa
import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.numbers import identifier_text, read_number, text_as_json, value_as_json


def worked_out(rows: DuckDBRows, value: object, sql: str, kind: pa.DataType | None = None) -> object:
    return rows.select(pa.table({"t": pa.array([value], kind or pa.string())}), {"x": sql})["x"][0].as_py()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6", 6),
        ("-12.5", -12.5),
        ("1e3", 1000),
        ("1,234.50", 1234.5),
        ("-1,234,567", -1234567),
        ("￥1,234.50", 1234.5),
        ("¥ 99", 99),
        ("-$5", -5),
        ("99元", 99),
        ("15%", 0.15),
        ("１２３．５", 123.5),
        ("　７", 7),
        ("1,23", None),
        ("12,34,567", None),
        ("abc", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("12 pcs", None),
        ("1-2", None),
    ],
)
def test_numbers_as_people_write_them(rows: DuckDBRows, text: str, number: float | None) -> None:
    assert worked_out(rows, text, read_number("t")) == number


@pytest.mark.parametrize(
    ("text", "plain", "lenient"),
    [
        ("6", 6, 6),
        ("2.50", 2.5, 2.5),
        ("00123", "00123", "00123"),
        ("C536379", "C536379", "C536379"),
        ("85123A", "85123A", "85123A"),
        ("1,234.50", "1,234.50", 1234.5),
        ("31625220889123456", "31625220889123456", "31625220889123456"),
        ("1e5", "1e5", 100000),
        ('say "hi"\n', 'say "hi"\n', 'say "hi"\n'),
        ("张三", "张三", "张三"),
    ],
)
def test_text_cells_as_json(rows: DuckDBRows, text: str, plain: object, lenient: object) -> None:
    assert json.loads(str(worked_out(rows, text, text_as_json("t", lenient=False)))) == plain
    assert json.loads(str(worked_out(rows, text, text_as_json("t", lenient=True)))) == lenient


@pytest.mark.parametrize(
    ("value", "kind", "sql", "expected"),
    [
        (2.55, pa.float64(), "DOUBLE", "2.55"),
        (float("nan"), pa.float64(), "DOUBLE", None),
        (float("inf"), pa.float64(), "DOUBLE", None),
        (None, pa.float64(), "DOUBLE", None),
        (7, pa.int64(), "BIGINT", "7"),
        (True, pa.bool_(), "BOOLEAN", "true"),
        (0, pa.timestamp("us"), "TIMESTAMP", '"1970-01-01T00:00:00"'),
        (0, pa.timestamp("us", "UTC"), "TIMESTAMP WITH TIME ZONE", '"1970-01-01T00:00:00Z"'),
        (0, pa.date32(), "DATE", '"1970-01-01"'),
        ([1, 2], pa.list_(pa.int64()), "BIGINT[]", "[1,2]"),
        ("6", pa.string(), "VARCHAR", '"6"'),
    ],
)
def test_typed_values_as_json(
    rows: DuckDBRows, value: object, kind: pa.DataType, sql: str, expected: str | None
) -> None:
    assert worked_out(rows, value, value_as_json("t", sql, computed=False), kind) == expected


def test_computed_doubles_lose_the_noise_of_binary_fractions(rows: DuckDBRows) -> None:
    assert worked_out(rows, 6 * 2.55, value_as_json("t", "DOUBLE", computed=True), pa.float64()) == "15.3"


@pytest.mark.parametrize(
    ("value", "kind", "sql", "expected"),
    [
        (17850.0, pa.float64(), "DOUBLE", "17850"),
        (1.5, pa.float64(), "DOUBLE", "1.5"),
        (float("nan"), pa.float64(), "DOUBLE", None),
        ("17850.0", pa.string(), "VARCHAR", "17850"),
        ("v1.0", pa.string(), "VARCHAR", "v1.0"),
        ("  ", pa.string(), "VARCHAR", None),
        (42, pa.int32(), "INTEGER", "42"),
    ],
)
def test_identifiers(rows: DuckDBRows, value: object, kind: pa.DataType, sql: str, expected: str | None) -> None:
    assert worked_out(rows, value, identifier_text("t", sql), kind) == expected
