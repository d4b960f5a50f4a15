"""Any rule over any columns: the compiled scan, DuckDB's SQL and plain Python give the same members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parity import crowds
from tests.parity.crowds import AUDIENCES, KINDS, LIST, SNAPSHOT, Crowded, Row, fold_rows
from tests.parity.timelines import local
from tests.parity.twin_conditions import compare

from limner.audiences.crowd import Crowd
from limner.audiences.steps import Step, count_steps
from limner.fold.predicate import audience_key
from limner.model.algebra import write_out
from limner.model.condition import Condition, InAudience
from limner.model.fold import Op, Span
from limner.model.parse import parse_condition
from limner.model.timeline import Kind

SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
DATED = ("within_last", "within_next", "anniversary_within")


def spell(test: Any) -> Mapping[str, Any]:
    """A bare value is equal, a list one of them."""
    return test if isinstance(test, Mapping) else {"in" if isinstance(test, list) else "eq": test}


def named(items: list[Any]) -> list[Any]:
    """Sets of audiences: a text names one."""
    return [{"audience": item} if isinstance(item, str) else item for item in items]


@dataclass(frozen=True)
class Plain:
    """The meaning of a rule, as plainly as it can be said."""

    as_of: int
    zone: str

    def holds(self, rule: Any, row: Row) -> bool:
        word = next(iter(rule))
        match word:
            case "all" | "intersect":
                return all(self.holds(item, row) for item in named(rule[word]))
            case "any" | "union":
                return any(self.holds(item, row) for item in named(rule[word]))
            case "not":
                return not self.holds(rule[word], row)
            case "minus":
                first, *others = named(rule[word])
                return self.holds(first, row) and not any(self.holds(item, row) for item in others)
            case "audience":
                return row[SNAPSHOT] if "snapshot" in rule else self.holds(AUDIENCES[rule[word]], row)
        return all(
            self.meets(tag, row[tag], Op(op), operand)
            for tag, test in rule.items()
            for op, operand in spell(test).items()
        )

    def meets(self, tag: str, value: Any, op: Op, operand: Any) -> bool:
        if op is Op.IS_NULL or value is None:
            return op is Op.IS_NULL and (value is None) is operand
        if op.value in DATED:
            operand = Span(int(operand[:-1]), operand[-1])
        elif isinstance(operand, list):
            operand = tuple(operand)
        if tag not in LIST:
            return self.meets_one(tag, value, op, operand)
        if op in (Op.NE, Op.NOT_IN):
            return all(self.meets_one(tag, item, op, operand) for item in value)
        op = Op.EQ if op is Op.CONTAINS else op
        return any(self.meets_one(tag, item, op, operand) for item in value)

    def meets_one(self, tag: str, value: Any, op: Op, operand: Any) -> bool:
        kind = KINDS.get(tag, Kind.NUMBER)
        if kind is Kind.NUMBER and tag != "ratio":
            value = Decimal(str(int(value) if isinstance(value, bool) else value))
        return compare(value, kind, op, operand, self.as_of, self.zone)


@dataclass(frozen=True)
class Sql:
    """A rule as an expression of DuckDB over the exported table."""

    as_of: int
    zone: str

    def say(self, rule: Any) -> str:
        word = next(iter(rule))
        match word:
            case "all" | "intersect":
                return "(" + " and ".join(["true", *map(self.say, named(rule[word]))]) + ")"
            case "any" | "union":
                return "(" + " or ".join(map(self.say, named(rule[word]))) + ")"
            case "not":
                return f"(not {self.say(rule[word])})"
            case "minus":
                first, *others = map(self.say, named(rule[word]))
                return f"({first} and not ({' or '.join(others)}))"
            case "audience":
                return SNAPSHOT if "snapshot" in rule else self.say(AUDIENCES[rule[word]])
        tests = [self.test(tag, op, operand) for tag, test in rule.items() for op, operand in spell(test).items()]
        return f"({' and '.join(tests)})"

    def test(self, tag: str, op: str, operand: Any) -> str:
        if op == "is_null":
            return f"({tag} is {'' if operand else 'not '}null)"
        if tag not in LIST:
            return f"coalesce({self.one(tag, tag, op, operand)}, false)"
        if op in ("ne", "not_in"):
            equal = self.one(tag, "e", "eq" if op == "ne" else "in", operand)
            return f"({tag} is not null and len(list_filter({tag}, lambda e: {equal})) = 0)"
        return f"coalesce(len(list_filter({tag}, lambda e: {self.one(tag, 'e', op, operand)})) > 0, false)"

    def one(self, tag: str, value: str, op: str, operand: Any) -> str:
        """A test of one value, in a list or not."""
        if tag in ("seen", "born") and op not in ("contains", "starts_with"):
            return self.date(tag, op, operand)
        if op in ("contains", "starts_with"):
            if tag == "hobbies" and op == "contains":
                return f"{value} = {quote(operand)}"
            return f"{op}({value}, {quote(operand)})"
        if op in ("in", "not_in"):
            return f"{value} {op.replace('_', ' ')} ({', '.join(map(quote, operand))})"
        if op == "between":
            return f"{value} between {quote(operand[0])} and {quote(operand[1])}"
        if tag == "city" and not isinstance(operand, str):
            equal = f"coalesce(try_cast({value} as decimal(18, 4)) = {operand}, false)"
            return f"({value} is not null and {'' if op == 'eq' else 'not '}{equal})"
        return f"{value} {SIGNS[op]} {quote(operand)}"

    def date(self, tag: str, op: str, operand: Any) -> str:
        """Of instants and of texts that are dates: compared by their local day."""
        day = f"timezone('{self.zone}', seen)::date" if tag == "seen" else "try_cast(born as date)"
        if op not in DATED:
            return self.one("", f"({day})", op, operand)
        length, hours = int(operand[:-1]), operand.endswith("h")
        if op == "anniversary_within":
            return f"strftime({day}, '%m-%d') in ({', '.join(map(quote, self.anniversaries(length)))})"
        now = f"make_timestamp({self.as_of})::timestamp at time zone 'UTC'"
        today = local(self.as_of, self.zone).date()
        if op == "within_last":
            since = f"seen > {now} - interval {length} hour"
            since = since if hours else f"{day} > {quote(str(today - timedelta(days=length)))}"
            until = f"seen <= {now}" if tag == "seen" else f"{day} <= {quote(str(today))}"
        else:
            since = f"seen >= {now}" if tag == "seen" else f"{day} >= {quote(str(today))}"
            until = f"seen < {now} + interval {length} hour"
            until = until if hours else f"{day} < {quote(str(today + timedelta(days=length)))}"
        return f"({since} and {until})"

    def anniversaries(self, days: int) -> list[str]:
        """Months and days that come up; 29 February on the 28th in years without one."""
        today = local(self.as_of, self.zone).date()
        coming = [today + timedelta(days=i) for i in range(days)]
        leap = any(f"{each:%m-%d}" == "02-28" and not is_leap(each.year) for each in coming)
        return sorted({f"{each:%m-%d}" for each in coming} | ({"02-29"} if leap else set()))


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def quote(value: Any) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
        yield connection


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_scan_sql_and_plain_python_agree(engine: duckdb.DuckDBPyConnection, data: st.DataObject) -> None:
    zone, as_of = data.draw(crowds.instants())
    given_rows = data.draw(st.lists(crowds.rows(as_of), min_size=1, max_size=8))
    rule = data.draw(crowds.rules())
    crowded = fold_rows(given_rows, zone, as_of)
    crowd = Crowd(crowded.folded, zone, {audience_key(InAudience("a", 1)): crowded.snapshot})
    asked = parse_condition(rule)
    known = {name: parse_condition(each) for name, each in AUDIENCES.items()}
    condition = write_out(asked, known)
    plain = Plain(as_of, zone)
    expected = [plain.holds(rule, row) for row in given_rows]
    assert crowd.find(condition).tolist() == expected
    assert crowd.count(condition) == sum(expected)
    assert ask_duckdb(engine, crowded, Sql(as_of, zone).say(rule)) == expected
    steps = count_steps(asked, lambda parts: crowd.count_each([write_out(part, known) for part in parts]))
    check_steps(steps, given_rows, plain)


def test_parts_that_are_the_same_are_counted_once() -> None:
    """The whole, its only part, and that one with all before it; what is equal and not the same is told apart."""
    asked: list[int] = []

    def count_each(parts: Sequence[Condition]) -> list[int]:
        asked.append(len(parts))
        return [10 * place for place, _ in enumerate(parts)]

    only = count_steps(parse_condition({"all": [{"did": "login"}]}), count_each)
    assert (only.count, only.so_far, only.parts[0].count, only.parts[0].so_far) == (0, 0, 0, 0)
    two = count_steps(parse_condition({"any": [{"a": 1}, {"a": True}]}), count_each)
    assert [(part.count, part.so_far) for part in two.parts] == [(10, 10), (20, 0)]
    assert asked == [1, 3]


def ask_duckdb(engine: duckdb.DuckDBPyConnection, crowded: Crowded, rule: str) -> list[bool]:
    engine.register("c", crowded.table)
    return [bool(met) for (met,) in engine.execute(f"select {rule} from c").fetchall()]


def check_steps(step: Step, given_rows: list[Row], plain: Plain) -> None:
    rule: Any = step.rule
    assert step.count == sum(plain.holds(rule, row) for row in given_rows)
    word = "all" if "all" in rule else "any" if "any" in rule else None
    for i, part in enumerate(step.parts):
        if word:
            so_far = {word: [each.rule for each in step.parts[: i + 1]]}
            assert part.so_far == sum(plain.holds(so_far, row) for row in given_rows)
        check_steps(part, given_rows, plain)
