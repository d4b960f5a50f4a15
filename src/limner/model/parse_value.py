"""Read the small parts of a definition: literals, spans, dates, property paths, tests."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime

from limner.model.fold import Op, Scalar, Span
from limner.model.place import Place, describe, trap_hint

Operand = Scalar | Span | tuple[Scalar, ...]
Test = tuple[Op, Operand]

LONGEST = {"d": 36_525, "h": 876_600}
"""A hundred years: longer spans are slips of the keyboard."""

OPERATORS = tuple(op.value for op in Op)

SPAN = re.compile(r"([+-]?\d+)\s*([a-z]*)", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
PATH = re.compile(r"[^.\[\]\s][^.\[\]]*(\.[^.\[\]]+)*(\[\])?(\.[^.\[\]]+)*")


def read_span(data: object, place: Place) -> Span | None:
    """``30d`` or ``6h``."""
    match = SPAN.fullmatch(data.strip()) if isinstance(data, str) else None
    if match is None or match[2] not in LONGEST:
        place.wrong(f"{describe(data)} is not a length of time.", span_hint(data))
        return None
    length, unit = int(match[1]), match[2]
    if length < 1:
        place.wrong(f"{data} is no time at all: it must be at least 1{unit}.")
        return None
    if length > LONGEST[unit]:
        place.wrong(f"{data} is over 100 years.", "Leave the window out for all time.")
        return None
    return Span(length, "d" if unit == "d" else "h")


def span_hint(data: object) -> str:
    """What was probably meant by a span in another form."""
    lengths = {"w": 7, "week": 7, "weeks": 7, "m": 30, "month": 30, "months": 30, "y": 365, "year": 365, "years": 365}
    if isinstance(data, int) and not isinstance(data, bool):
        return f"Did you mean {data}d (days) or {data}h (hours)?"
    match = SPAN.fullmatch(data.strip()) if isinstance(data, str) else None
    if match and match[2].lower() in lengths:
        return f"Did you mean {int(match[1]) * lengths[match[2].lower()]}d? Spans are in days or hours."
    if match and match[2].lower()[:1] in LONGEST:
        return f"Did you mean {int(match[1])}{match[2].lower()[0]}?"
    return "Write whole days or hours, such as 30d or 6h."


def read_date(data: object, place: Place) -> date | None:
    """A local date: ``2026-11-01``, as text or as YAML's own date."""
    if isinstance(data, date) and not isinstance(data, datetime):
        return data
    if isinstance(data, str):
        with suppress(ValueError):
            return date.fromisoformat(data)
    place.wrong(f"{describe(data)} is not a date.", "Write year-month-day, such as 2026-11-01.")
    return None


def is_moment(text: str) -> bool:
    """Is this text a date or an instant in ISO form?"""
    if DATE.match(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_scalar(data: object, place: Place) -> Scalar | None:
    """A literal: text, a number, true or false. Dates become their ISO text."""
    if isinstance(data, date):
        return data.isoformat()
    if isinstance(data, str | bool | int):
        return data
    if isinstance(data, float):
        if math.isfinite(data):
            return data
        place.wrong(f"{data} is not a number one can compare with.")
        return None
    if data is None:
        place.wrong("nothing equals null.", "Write {is_null: true}, or quote the word if text is meant.")
        return None
    place.wrong(f"a value is text, a number, true or false, but this is {describe(data)}.")
    return None


def read_scalars(data: object, place: Place) -> tuple[Scalar, ...] | None:
    """A list of at least one literal, each once."""
    if not isinstance(data, list | tuple):
        place.wrong(f"a list of values is wanted, but this is {describe(data)}.", "Write [a, b].")
        return None
    if not data:
        place.wrong("the list is empty: nothing is in it.")
        return None
    values = [read_scalar(item, place.at(i)) for i, item in enumerate(data)]
    # Keyed by type as well: 1 == True in Python, but not in a definition.
    unique = {(type(value), value): value for value in values if value is not None}
    return tuple(unique.values())


def read_number(data: object, place: Place, least: float, most: float = math.inf) -> float | None:
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        place.wrong(f"a number is wanted, but this is {describe(data)}.")
        return None
    if not least <= data <= most:
        place.wrong(f"{data} is out of range: " + (f"{least} to {most}." if most < math.inf else f"at least {least}."))
        return None
    return float(data)


def read_whole(data: object, place: Place) -> int | None:
    """A whole number from 1."""
    if isinstance(data, bool) or not isinstance(data, int) or data < 1:
        place.wrong(f"a whole number from 1 is wanted, but this is {describe(data)}.")
        return None
    return data


def read_path(data: object, place: Place) -> str | None:
    """A property: ``amount``, ``page.path``, ``products[].sku``, ``item.category``, ``traits.city``, ``time``."""
    if not isinstance(data, str) or not data.strip():
        place.wrong(f"the name of a property is wanted, but this is {describe(data)}.", trap_hint(data))
        return None
    path = data.strip()
    if path == "*":
        place.wrong(
            "a property is wanted, but this is '*'.", "Only count, days and other measures of whole events take '*'."
        )
        return None
    if PATH.fullmatch(path) is None or not path.isprintable() or len(path) > 200:
        hint = (
            "Elements of a list are written products[].sku."
            if "[" in path
            else "Write amount, page.path or products[].sku."
        )
        place.wrong(f"{path!r} is not the name of a property.", hint)
        return None
    return path


def read_tests(data: object, place: Place) -> list[Test]:
    """What a value must pass: a literal (equals it), a list (is in it), or operators, all of which must hold."""
    if isinstance(data, Mapping):
        fields = place.mapping(data, "a test")
        if fields is not None and not fields:
            place.wrong("the test is empty.", "Write a value, a list, or an operator such as {gte: 500}.")
        tests = [_read_test(name, operand, place) for name, operand in (fields or {}).items()]
        return [test for test in tests if test is not None]
    if isinstance(data, list | tuple):
        values = read_scalars(data, place)
        return [] if values is None else [(Op.IN, values)]
    value = read_scalar(data, place)
    return [] if value is None else [(Op.EQ, value)]


SIGNS = {"=": "eq", "==": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def _read_test(name: str, operand: object, place: Place) -> Test | None:
    if name not in OPERATORS:
        if name in SIGNS:
            place.wrong(f"unknown operator {name!r}.", f"Did you mean {SIGNS[name]}?")
        else:
            place.unknown("operator", name, OPERATORS)
        return None
    op = Op(name)
    value = read_operand(op, operand, place.at(name))
    return None if value is None else (op, value)


def read_operand(op: Op, data: object, place: Place) -> Operand | None:
    """The right-hand side an operator takes."""
    return OPERANDS.get(op, read_scalar)(data, place)


def read_flag(data: object, place: Place) -> bool | None:
    if isinstance(data, bool):
        return data
    place.wrong(f"true or false is wanted, but this is {describe(data)}.")
    return None


def read_days(data: object, place: Place) -> Span | None:
    span = read_span(data, place)
    if span is not None and span.unit != "d":
        place.wrong("whole days are wanted here.", "Write 7d.")
    return span


def read_part(data: object, place: Place) -> str | None:
    return place.text(data, "what a text contains or starts with")


def read_ordered(data: object, place: Place) -> Scalar | None:
    """A number or a date: what has an order."""
    value = read_scalar(data, place)
    if isinstance(value, bool) or (isinstance(value, str) and not is_moment(value)):
        hint = f"Write {value} without quotes." if isinstance(value, str) and _is_number(value) else None
        place.wrong(f"a number or a date is wanted, but this is {describe(value)}.", hint or trap_hint(value))
        return None
    return value


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def read_range(data: object, place: Place) -> tuple[Scalar, ...] | None:
    if not isinstance(data, list | tuple) or len(data) != 2:
        place.wrong(f"between takes two values, but this is {describe(data)}.", "Write [low, high]; both are included.")
        return None
    low, high = (read_ordered(item, place.at(i)) for i, item in enumerate(data))
    if low is None or high is None:
        return None
    if isinstance(low, str) != isinstance(high, str):
        place.wrong("between takes two numbers or two dates, not one of each.")
        return None
    # Of instants only the days are compared: they may be written in different zones.
    if (low[:10] > high[:10]) if isinstance(low, str) and isinstance(high, str) else (low > high):  # type: ignore[operator]
        place.wrong(f"between is the wrong way round: {low} is after {high}.", f"Write [{high}, {low}].")
        return None
    return (low, high)


OPERANDS: Mapping[Op, Callable[[object, Place], Operand | None]] = {
    Op.GT: read_ordered,
    Op.GTE: read_ordered,
    Op.LT: read_ordered,
    Op.LTE: read_ordered,
    Op.IN: read_scalars,
    Op.NOT_IN: read_scalars,
    Op.BETWEEN: read_range,
    Op.CONTAINS: read_part,
    Op.STARTS_WITH: read_part,
    Op.IS_NULL: read_flag,
    Op.WITHIN_LAST: read_span,
    Op.WITHIN_NEXT: read_span,
    Op.ANNIVERSARY_WITHIN: read_days,
}
"""What reads the right-hand side; eq and ne take any literal."""
