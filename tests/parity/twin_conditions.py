"""The slow twin of conditions: what a value meets, as plainly as Python can say it. See `twin`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.parity.timelines import as_word, instant, local

from limner.model.condition import All, AnyOf, Condition, Did, Not, TagTest
from limner.model.fold import Op, Span
from limner.model.timeline import Kind

HOUR = 3_600_000_000
ORDERED = {Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN}


def compare(value: Any, kind: Kind, op: Op, operand: Any, as_of: int, zone: str) -> bool:
    """One test of one value: Decimal, str, or µs UTC; None is null."""
    if op is Op.IS_NULL:
        return (value is None) is operand
    if value is None:
        return False
    if isinstance(operand, Span):
        return compare_dates(value, kind, op, operand, as_of, zone)
    if op is Op.CONTAINS:
        return kind is Kind.TEXT and as_word(operand) in value
    if op is Op.STARTS_WITH:
        return kind is Kind.TEXT and value.startswith(as_word(operand))
    operands = operand if isinstance(operand, tuple) else (operand,)
    if op in (Op.EQ, Op.IN):
        return any(equals(value, kind, item, zone) for item in operands)
    if op in (Op.NE, Op.NOT_IN):
        return not any(equals(value, kind, item, zone) for item in operands)
    return compare_order(value, kind, op, operands, zone)


def equals(value: Any, kind: Kind, item: Any, zone: str) -> bool:
    if kind is Kind.TIME:
        bounds = moment(item, zone) if isinstance(item, str) else None
        return bounds is not None and bounds[0] <= value <= bounds[1]
    if kind is Kind.NUMBER:
        return value == like(value, number(item))
    if isinstance(item, str | bool):
        return value == as_word(item)
    return value == as_word(item) or number(value) == number(item)


def compare_order(value: Any, kind: Kind, op: Op, operands: Sequence[Any], zone: str) -> bool:
    bounds = [moment(item, zone) if isinstance(item, str) else None for item in operands]
    if kind is Kind.TIME or (kind is Kind.TEXT and None not in bounds):
        found = moment(value, zone) if kind is Kind.TEXT else (value, value)
        if None in bounds or found is None:
            return False
        at, low, high = found[0], bounds[0], bounds[-1]
        return {
            Op.GT: at > low[1],
            Op.GTE: at >= low[0],
            Op.LT: at < low[0],
            Op.LTE: at <= low[1],
            Op.BETWEEN: low[0] <= at <= high[1],
        }[op]
    left: Any = value
    rights: list[Any] = list(operands)
    if kind is Kind.NUMBER or not any(isinstance(item, str) for item in operands):
        rights = [like(value, number(item)) for item in operands]
        left = value if kind is Kind.NUMBER else number(value)
        if left is None or None in rights:
            return False
    return {
        Op.GT: lambda: left > rights[0],
        Op.GTE: lambda: left >= rights[0],
        Op.LT: lambda: left < rights[0],
        Op.LTE: lambda: left <= rights[0],
        Op.BETWEEN: lambda: rights[0] <= left <= rights[-1],
    }[op]()


def compare_dates(value: Any, kind: Kind, op: Op, span: Span, as_of: int, zone: str) -> bool:
    if kind is Kind.NUMBER:
        return False
    found = (value, value) if kind is Kind.TIME else moment(value, zone)
    if found is None:
        return False
    today = local(as_of, zone).date()
    first, last = local(found[0], zone).date(), local(found[1], zone).date()
    if op is Op.ANNIVERSARY_WITHIN:
        return any(is_anniversary(first, today + timedelta(days=i)) for i in range(span.length))
    if op is Op.WITHIN_LAST:
        if span.unit == "h":
            return found[1] > as_of - span.length * HOUR and found[0] <= as_of
        return last > today - timedelta(days=span.length) and found[0] <= as_of
    if span.unit == "h":
        return found[0] < as_of + span.length * HOUR and found[1] >= as_of
    return first < today + timedelta(days=span.length) and found[1] >= as_of


def is_anniversary(born: date, day: date) -> bool:
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    if (born.month, born.day) == (2, 29) and not leap:
        return (day.month, day.day) == (2, 28)
    return (born.month, born.day) == (day.month, day.day)


def moment(text: str, zone: str) -> tuple[int, int] | None:
    """First and last µs of a date or an instant."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            start = instant(day.isoformat() + "T00:00:00", zone)
            return start, instant((day + timedelta(days=1)).isoformat() + "T00:00:00", zone) - 1
        datetime.fromisoformat(text)
        return instant(text, zone), instant(text, zone)
    except ValueError:
        return None


def like(value: Any, literal: Decimal | None) -> Any:
    """Doubles are compared with the double nearest to the literal, stored numbers with the literal itself."""
    return float(literal) if isinstance(value, float) and literal is not None else literal


def number(item: Any) -> Decimal | None:
    if isinstance(item, bool):
        return Decimal(int(item))
    try:
        return Decimal(str(item))
    except InvalidOperation:
        return None


def holds(condition: Condition, value_of: Callable[[TagTest | Did], tuple[Any, Kind]], as_of: int, zone: str) -> bool:
    """A condition for one customer; ``value_of`` gives a leaf's value and kind."""
    match condition:
        case All(items):
            return all(holds(item, value_of, as_of, zone) for item in items)
        case AnyOf(items):
            return any(holds(item, value_of, as_of, zone) for item in items)
        case Not(item):
            return not holds(item, value_of, as_of, zone)
        case TagTest(_, op, operand) | Did(_, op, operand):
            value, kind = value_of(condition)
            return compare(value, kind, op, operand, as_of, zone)
