"""What every adapter of `ports.rows.Rows` must do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.errors import DataError
from limner.ports.rows import NUMBER_SUFFIX, Rows, literal, quote


@pytest.fixture(scope="module", params=[DuckDBRows])
def rows(request: pytest.FixtureRequest) -> Rows:
    engine: Rows = request.param()
    return engine


def test_rows_keep_their_order(rows: Rows) -> None:
    table = pa.table({"n": np.arange(300_000)})
    found = rows.select(table, {"m": "n * 2", "n": "n"}, {"sum": "m + n"})
    assert found["sum"].to_numpy().tolist() == (np.arange(300_000) * 3).tolist()


def test_parameters_and_odd_names(rows: Rows) -> None:
    name = 'a "b" c'
    found = rows.select(pa.table({name: ["x"]}), {"y": f"{quote(name)} || $more"}, parameters={"more": "'; DROP"})
    assert found.to_pylist() == [{"y": "x'; DROP"}]
    assert rows.select(pa.table({"n": [1]}), {"t": literal("O'Neill")}).to_pylist() == [{"t": "O'Neill"}]


def test_what_cannot_be_worked_out_is_a_data_error(rows: Rows) -> None:
    with pytest.raises(DataError, match="Could not convert"):
        rows.select(pa.table({"t": ["x"]}), {"n": "CAST(t AS INTEGER)"})
    assert rows.select(pa.table({"n": [1]}), {"n": "n"}).num_rows == 1


@pytest.mark.parametrize(
    ("text", "columns", "numbers"),
    [
        ("a", {"a"}, set()),
        ('"Unit Price"', {"Unit Price"}, set()),
        ("address.city", {"address.city"}, set()),
        ("a * b", set(), {"a", "b"}),
        ("-a", set(), {"a"}),
        ("round(a, 2)", set(), {"a"}),
        ("a > 0", set(), {"a"}),
        ("a BETWEEN 1 AND 2", set(), {"a"}),
        ("a NOT IN (1, 2)", set(), {"a"}),
        ("a = 'x'", {"a"}, set()),
        ("a LIKE 'C%' AND b IS NOT NULL", {"a", "b"}, set()),
        ("coalesce(a, 0) + 1", set(), {"a"}),
        ("coalesce(a, b)", {"a", "b"}, set()),
        ("CASE WHEN a = 'x' THEN b ELSE 0 END * c", {"a"}, {"b", "c"}),
        ("a::DECIMAL(10, 2)", set(), {"a"}),
        ("CAST(a AS DATE) - CAST(b AS DATE)", {"a", "b"}, set()),
        ("a || b", {"a", "b"}, set()),
        ("list_transform(a, lambda x: x + b)", {"a"}, {"b"}),
        ("greatest(a, 1)", set(), {"a"}),
        ("nullif(a, '')", {"a"}, set()),
        ("a->>'b'", {"a"}, set()),
        ("try_cast(a AS DOUBLE)", {"a"}, set()),
        ("'constant'", set(), set()),
    ],
)
def test_columns_and_those_that_are_numbers(rows: Rows, text: str, columns: set[str], numbers: set[str]) -> None:
    expression = rows.parse(text)
    assert (expression.columns, expression.numbers) == (columns, numbers)
    assert (expression.bare is not None) == (text in ("a", '"Unit Price"', "address.city"))


def test_a_checked_expression_works(rows: Rows) -> None:
    expression = rows.parse("CASE WHEN kind = 'x' THEN qty * 2 ELSE 0 END")
    table = pa.table({"kind": ["x", "y"], f"qty{NUMBER_SUFFIX}": [1.5, 2.0]})
    assert rows.select(table, {"v": expression.sql})["v"].to_pylist() == [3, 0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "a b",
        "a AS b",
        "a, b",
        "a FROM t",
        "1 WHERE true",
        "a; SELECT 1",
        "*",
        "$1",
        "#1",
        "(SELECT 1)",
        "a IN (SELECT 1)",
        "EXISTS (FROM t)",
        "sum(a)",
        "count(*)",
        "row_number() OVER ()",
        "unnest(a)",
        "now()",
        "random()",
        "uuid()",
        "getvariable('x')",
        "current_setting('threads')",
        "read_text('/etc/hostname')",
        "getenv('HOME')",
        "pg_sleep(1)",
        "nextval('s')",
        "system.main.abs(a)",
        "a -- comment",
        "list_transform(a, lambda x: (SELECT x))",
    ],
)
def test_what_is_no_expression_over_the_row(rows: Rows, text: str) -> None:
    if text == "a -- comment":  # harmless: it is gone once the expression is written anew
        assert rows.parse(text).sql == "a"
    else:
        with pytest.raises(DataError):
            rows.parse(text)


def test_it_reaches_no_file_and_no_setting(rows: Rows) -> None:
    table = pa.table({"n": [1]})
    for sql in ("(SELECT count(*) FROM read_text('*'))", "(SELECT count(*) FROM 'x.csv')"):
        with pytest.raises(DataError, match=r"disabled|does not exist"):
            rows.select(table, {"x": sql})
