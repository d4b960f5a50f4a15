"""One test of a number or a time, as the set of stored values that pass.

A set is a union of closed intervals of the stored integers, so every comparison is exact: ``gt 0.05`` at scale 1 is
``>= 1``. Null is the smallest integer and lies in no set but that of ``is_null: true``.
"""

from __future__ import annotations

import math
from calendar import isleap
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

import numpy as np

from limner.fold.dates import HOUR, day_of, read_moment, start_of_day
from limner.model.clock import local_day, local_time
from limner.model.fold import Op, Scalar, Span
from limner.model.timeline import NULL_NUMBER

Operand = Scalar | Span | tuple[Scalar, ...]
Intervals = tuple[tuple[int, int], ...]
FloatIntervals = tuple[tuple[float, float], ...]

NULL = int(NULL_NUMBER)
LOWEST = NULL + 1
HIGHEST = int(np.iinfo(np.int64).max)
Bound = tuple[int, int] | None
"""A literal as its first and last stored integer; as the two around it (the larger first) if it lies between two;
None if it equals no value at all."""
DATED = frozenset({Op.WITHIN_LAST, Op.WITHIN_NEXT, Op.ANNIVERSARY_WITHIN})
"""Operators whose answer moves with as_of."""
ORDERED = frozenset({Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN})
NEGATIVE = frozenset({Op.NE, Op.NOT_IN})
EARLIEST_YEAR = 1850
"""Anniversaries of days before are not looked for."""


def as_decimal(value: Scalar) -> Decimal | None:
    """The exact number a literal or a word stands for; None if it is none.

    >>> as_decimal(0.1), as_decimal("1e2"), as_decimal("x")
    (Decimal('0.1'), Decimal('1E+2'), None)
    """
    if isinstance(value, bool):
        return Decimal(int(value))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 400 else None


def literals(operand: Operand) -> tuple[Scalar, ...]:
    """The operand as a tuple; a span has no literal."""
    if isinstance(operand, tuple):
        return operand
    return () if isinstance(operand, Span) else (operand,)


def null_intervals(wanted: Operand) -> Intervals:
    """``is_null``."""
    return ((NULL, NULL),) if wanted else ((LOWEST, HIGHEST),)


@lru_cache(maxsize=4096)
def number_intervals(op: Op, operand: Operand, scale: int) -> Intervals:
    """Stored integers (times 10**scale) that pass; a literal that is no number equals none."""
    if op is Op.IS_NULL:
        return null_intervals(operand)
    # 1 == True to the cache, and they are one number here as well.
    numbers = [as_decimal(value) for value in literals(operand)]
    scaled = [None if number is None else number.scaleb(scale) for number in numbers]
    return select(op, [None if number is None else (math.ceil(number), math.floor(number)) for number in scaled])


def time_intervals(op: Op, operand: Operand, as_of: int, zone: str) -> Intervals:
    """Instants (µs UTC) that pass. A bare date is its whole local day."""
    if op is Op.IS_NULL:
        return null_intervals(operand)
    if isinstance(operand, Span):
        return relative_intervals(op, operand, as_of, zone)
    moments = [read_moment(value, zone) if isinstance(value, str) else None for value in literals(operand)]
    return select(op, moments)


def relative_intervals(op: Op, span: Span, as_of: int, zone: str) -> Intervals:
    """``within_last``: as a window. ``within_next``: its mirror, as_of's own day is the first.
    ``anniversary_within``: the days of any year that share month and day with one of the span's days from as_of's on.
    """
    today, exact = local_day(as_of, zone), span.unit == "h"
    if op is Op.WITHIN_LAST:
        first = as_of - span.length * HOUR + 1 if exact else start_of_day(today - span.length + 1, zone)
        return ((first, as_of),)
    if op is Op.WITHIN_NEXT:
        last = as_of + span.length * HOUR - 1 if exact else start_of_day(today + span.length, zone) - 1
        return ((as_of, last),)
    dates = anniversaries(as_of, span, zone)
    years = range(EARLIEST_YEAR, local_time(as_of, zone).year + 2)
    days = [date(year, *day) for year in years for day in dates if day != (2, 29) or isleap(year)]
    numbers = [day_of(day) for day in days]
    return merge((start_of_day(day, zone), start_of_day(day + 1, zone) - 1) for day in numbers)


@lru_cache(maxsize=64)
def anniversaries(as_of: int, span: Span, zone: str) -> frozenset[tuple[int, int]]:
    """(month, day) whose anniversary falls on one of the span's local days from as_of's own on. 29 February is kept
    on 28 February in years without one."""
    length = span.length if span.unit == "d" else -(-span.length // 24)
    today = local_time(as_of, zone).date()
    days = [today + timedelta(days=i) for i in range(min(length, 366))]
    kept = {(2, 29)} if any((day.month, day.day) == (2, 28) and not isleap(day.year) for day in days) else set()
    return frozenset({(day.month, day.day) for day in days} | kept)


def select(op: Op, operands: Sequence[Bound]) -> Intervals:
    """Integers that pass ``op``."""
    bounds = [bound for bound in operands if bound is not None]
    if op in NEGATIVE:
        return merge(_gaps(merge(bounds)))
    if op in (Op.EQ, Op.IN):
        return merge(bounds)
    if op not in ORDERED or not bounds or None in operands:
        return ()
    return merge([_ordered(op, bounds[0], bounds[-1])])


def _ordered(op: Op, first: tuple[int, int], last: tuple[int, int]) -> tuple[int, int]:
    """The interval above, below or between operands."""
    match op:
        case Op.GT:
            return first[1] + 1, HIGHEST
        case Op.GTE:
            return first[0], HIGHEST
        case Op.LT:
            return LOWEST, first[0] - 1
        case Op.LTE:
            return LOWEST, first[1]
        case _:
            return first[0], last[1]


def merge(intervals: Iterable[tuple[int, int]]) -> Intervals:
    """Ascending and disjoint, clipped to what is stored; empty ones are dropped, touching ones joined."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted((max(low, LOWEST), min(high, HIGHEST)) for low, high in intervals if low <= high):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        elif low <= high:
            merged.append((low, high))
    return tuple(merged)


def _gaps(intervals: Intervals) -> list[tuple[int, int]]:
    edges = [LOWEST - 1, *(edge for interval in intervals for edge in interval), HIGHEST + 1]
    return [(low + 1, high - 1) for low, high in zip(edges[::2], edges[1::2])]


@lru_cache(maxsize=4096)
def float_intervals(op: Op, operand: Operand) -> FloatIntervals:
    """Doubles that pass. Null is NaN and passes none; ``is_null`` is the caller's."""
    numbers = [None if (number := as_decimal(value)) is None else float(number) for value in literals(operand)]
    known = [number for number in numbers if number is not None]
    points = sorted(set(known))
    if op in NEGATIVE:
        return tuple((_above(low), _below(high)) for low, high in pairwise([-math.inf, *points, math.inf]))
    if op in (Op.EQ, Op.IN):
        return tuple((point, point) for point in points)
    if op not in ORDERED or not known or len(known) < len(numbers):
        return ()
    return (_ordered_doubles(op, known[0], known[-1]),)


def _ordered_doubles(op: Op, first: float, last: float) -> tuple[float, float]:
    match op:
        case Op.GT:
            return _above(first), math.inf
        case Op.GTE:
            return first, math.inf
        case Op.LT:
            return -math.inf, _below(first)
        case Op.LTE:
            return -math.inf, first
        case _:
            return first, last


def _above(number: float) -> float:
    return math.nextafter(number, math.inf)


def _below(number: float) -> float:
    return math.nextafter(number, -math.inf)
