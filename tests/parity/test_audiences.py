"""Any rule over any columns: the compiled scan, DuckDB's SQL and plain Python give the same members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audiences.test_insight import AS_OF, NOBODY, ZONE

from limner.audiences.crowd import Crowd
from limner.audiences.steps import Step, count_steps
from limner.fold.export import export_table
from limner.model.algebra import write_out
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.parse import parse_condition

CITIES = ("上海", "北京", "O'Fallon")
Row = Mapping[str, Any]
rows = st.fixed_dictionaries(
    {
        "city": st.none() | st.sampled_from(CITIES),
        "vip": st.none() | st.booleans(),
        "orders": st.none() | st.integers(-3, 3),
        "spend": st.none() | st.integers(-30, 30).map(lambda cents: cents / 10),
    }
)
tests = st.one_of(
    st.tuples(st.just("city"), st.sampled_from(("eq", "ne")), st.sampled_from(CITIES)),
    st.tuples(st.just("city"), st.sampled_from(("in", "not_in")), st.lists(st.sampled_from(CITIES), min_size=1)),
    st.tuples(st.just("vip"), st.just("eq"), st.booleans()),
    st.tuples(st.just("orders"), st.sampled_from(("eq", "ne", "gt", "gte", "lt", "lte")), st.integers(-3, 3)),
    st.tuples(
        st.just("spend"), st.sampled_from(("gt", "gte", "lt", "lte")), st.integers(-30, 30).map(lambda n: n / 10)
    ),
    st.tuples(st.just("spend"), st.just("between"), st.tuples(st.integers(-3, 0), st.integers(0, 3)).map(list)),
    st.tuples(st.sampled_from(("city", "vip", "orders", "spend")), st.just("is_null"), st.booleans()),
)
rules = st.recursive(
    tests.map(lambda test: {test[0]: {test[1]: test[2]}}) | st.sampled_from([{"audience": "a"}, {"audience": "b"}]),
    lambda inner: st.one_of(
        inner.map(lambda item: {"not": item}),
        st.lists(inner, max_size=3).map(lambda items: {"all": items}),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: {"any": items}),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: {"union": items}),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: {"minus": items}),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: {"intersect": items}),
    ),
    max_leaves=6,
)
AUDIENCES = {"a": {"orders": {"gte": 1}}, "b": {"minus": [{"audience": "a"}, {"vip": True}]}}
SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def fold_rows(given: list[Row]) -> Folded:
    def stored(name: str, scale: int = 1) -> Any:
        return np.array([NULL_NUMBER if row[name] is None else round(row[name] * scale) for row in given], np.int64)

    codes = [NULL_CODE if row["city"] is None else CITIES.index(row["city"]) for row in given]
    flags = [-1 if row["vip"] is None else int(row["vip"]) for row in given]
    columns = {
        "city": TagColumn(ValueType.TEXT, np.array(codes, np.int32), dictionary=CITIES),
        "vip": TagColumn(ValueType.BOOL, np.array(flags, np.int8)),
        "orders": TagColumn(ValueType.INTEGER, stored("orders")),
        "spend": TagColumn(ValueType.DECIMAL, stored("spend", 10_000), scale=4),
    }
    return Folded(np.arange(len(given), dtype=np.int32), columns, AS_OF, 0)


def holds(rule: Any, row: Row) -> bool:
    """The meaning of a rule, as plainly as it can be said."""
    [(word, inner)] = rule.items()
    match word:
        case "all" | "intersect":
            return all(holds(item, row) for item in inner)
        case "any" | "union":
            return any(holds(item, row) for item in inner)
        case "not":
            return not holds(inner, row)
        case "minus":
            return holds(inner[0], row) and not any(holds(item, row) for item in inner[1:])
        case "audience":
            return holds(AUDIENCES[inner], row)
    [(op, operand)] = spell(inner).items()
    value = row[word]
    if op == "is_null":
        return (value is None) == operand
    if value is None:
        return False
    answers = {
        "eq": lambda: value == operand,
        "ne": lambda: value != operand,
        "gt": lambda: value > operand,
        "gte": lambda: value >= operand,
        "lt": lambda: value < operand,
        "lte": lambda: value <= operand,
        "in": lambda: value in operand,
        "not_in": lambda: value not in operand,
        "between": lambda: operand[0] <= value <= operand[1],
    }
    return bool(answers[op]())


def spell(test: Any) -> Mapping[str, Any]:
    """A bare value is equal, a list one of them."""
    return test if isinstance(test, Mapping) else {"in" if isinstance(test, list) else "eq": test}


def sql(rule: Any) -> str:
    [(word, inner)] = rule.items()
    match word:
        case "all" | "intersect":
            return "(" + " and ".join(["true", *map(sql, inner)]) + ")"
        case "any" | "union":
            return "(" + " or ".join(map(sql, inner)) + ")"
        case "not":
            return f"(not {sql(inner)})"
        case "minus":
            return f"({sql(inner[0])} and not ({' or '.join(map(sql, inner[1:]))}))"
        case "audience":
            return sql(AUDIENCES[inner])
    [(op, operand)] = spell(inner).items()
    if op == "is_null":
        return f"({word} is {'' if operand else 'not '}null)"
    if op in ("in", "not_in"):
        said = f"{word} {op.replace('_', ' ')} ({', '.join(map(quote, operand))})"
    elif op == "between":
        said = f"{word} between {operand[0]} and {operand[1]}"
    else:
        said = f"{word} {SIGNS[op]} {quote(operand)}"
    return f"coalesce({said}, false)"


def quote(value: Any) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=30), rules)
def test_scan_sql_and_plain_python_agree(given_rows: list[Row], rule: Any) -> None:
    folded = fold_rows(given_rows)
    crowd = Crowd(folded, ZONE)
    asked = parse_condition(rule)
    known = {name: parse_condition(each) for name, each in AUDIENCES.items()}
    condition = write_out(asked, known)
    expected = [holds(rule, row) for row in given_rows]
    assert crowd.find(condition).tolist() == expected
    assert crowd.count(condition) == sum(expected)
    table = export_table(folded, folded.columns, NOBODY, ZONE)
    found = duckdb.from_arrow(table).query("c", f"select {sql(rule)} from c").fetchall()
    assert [bool(met) for (met,) in found] == expected
    check_steps(count_steps(asked, lambda part: crowd.count(write_out(part, known))), given_rows)


def check_steps(step: Step, given_rows: list[Row]) -> None:
    rule: Any = step.rule
    assert step.count == sum(holds(rule, row) for row in given_rows)
    word = "all" if "all" in rule else "any" if "any" in rule else None
    for i, part in enumerate(step.parts):
        if word:
            so_far = {word: [each.rule for each in step.parts[: i + 1]]}
            assert part.so_far == sum(holds(so_far, row) for row in given_rows)
        check_steps(part, given_rows)
