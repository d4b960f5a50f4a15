"""May an item be offered? Tests of its attributes, as the item table has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from limner.model.fold import Op, PropertyTest


def passes(attributes: Mapping[str, Any], tests: Sequence[PropertyTest]) -> bool:
    """Does the item pass them all? A missing attribute fails every test but ``is_null: true``, and so does one that
    cannot be compared."""
    return all(_passes(attributes.get(test.path), test) for test in tests)


def _passes(value: Any, test: PropertyTest) -> bool:
    operand: Any = test.operand
    if test.op is Op.IS_NULL:
        return bool((value is None) == operand)
    if value is None or test.op not in COMPARISONS:
        return False
    try:
        return COMPARISONS[test.op](value, operand)
    except (TypeError, ValueError):
        return False


def same(value: Any, literal: Any) -> bool:
    """Files write numbers and truth as texts, too.

    >>> same("true", True), same("1.0", 1), same("a", "a"), same(1, True)
    (True, True, True, False)
    """
    if isinstance(literal, bool):
        return value is literal or (isinstance(value, str) and value.lower() == str(literal).lower())
    if isinstance(literal, int | float):
        return not isinstance(value, bool) and float(value) == literal
    return bool(value == literal)


COMPARISONS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: same,
    Op.NE: lambda value, operand: not same(value, operand),
    Op.IN: lambda value, operand: any(same(value, one) for one in operand),
    Op.NOT_IN: lambda value, operand: not any(same(value, one) for one in operand),
    Op.GT: lambda value, operand: float(value) > float(operand),
    Op.GTE: lambda value, operand: float(value) >= float(operand),
    Op.LT: lambda value, operand: float(value) < float(operand),
    Op.LTE: lambda value, operand: float(value) <= float(operand),
    Op.BETWEEN: lambda value, operand: float(operand[0]) <= float(value) <= float(operand[1]),
    Op.CONTAINS: lambda value, operand: str(operand) in str(value),
    Op.STARTS_WITH: lambda value, operand: str(value).startswith(str(operand)),
}
