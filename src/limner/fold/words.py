"""Tests of texts: an operator and its operand as a rule over words, and as a table over a dictionary's codes."""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.comparison import (
    DATED,
    NEGATIVE,
    ORDERED,
    Intervals,
    Operand,
    as_decimal,
    literals,
    relative_intervals,
    select,
)
from limner.fold.dates import read_moment, start_of_day
from limner.model.clock import local_day
from limner.model.fold import Op, Scalar, Span

WordTest = Callable[[str], bool]
Table = npt.NDArray[np.uint8]
COMPARE: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.GT: operator.gt,
    Op.GTE: operator.ge,
    Op.LT: operator.lt,
    Op.LTE: operator.le,
}


def as_text(value: Scalar) -> str:
    """How a literal is spelt in a text column: ``true``, the shortest form of a number.

    >>> as_text(True), as_text(5.0), as_text(0.5), as_text("a")
    ('true', '5', '0.5', 'a')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if value == int(value) else repr(value)


def word_test(op: Op, operand: Operand, as_of: int, zone: str) -> WordTest:
    """A rule over words (null is not one). A number compares with words that are numbers, a date with words that are
    dates; a word that does not convert passes only ``ne`` and ``not_in``."""
    if op is Op.IS_NULL:
        return lambda word: not operand
    if isinstance(operand, Span):
        return _relative_test(op, operand, as_of, zone)
    values = literals(operand)
    if op is Op.CONTAINS:
        return lambda word: as_text(values[0]) in word
    if op is Op.STARTS_WITH:
        return lambda word: word.startswith(as_text(values[0]))
    if op in ORDERED:
        return _ordered_test(op, values, zone)
    return _membership_test(values, op in NEGATIVE)


def _membership_test(values: tuple[Scalar, ...], negative: bool) -> WordTest:
    texts = frozenset(as_text(value) for value in values if isinstance(value, str | bool))
    numbers = frozenset(as_decimal(value) for value in values if not isinstance(value, str | bool))
    if not numbers:
        return lambda word: (word in texts) is not negative
    return lambda word: (word in texts or as_decimal(word) in numbers) is not negative


def _ordered_test(op: Op, values: tuple[Scalar, ...], zone: str) -> WordTest:
    moments = [read_moment(value, zone) if isinstance(value, str) else None for value in values]
    if None not in moments:
        intervals = select(op, moments)
        return lambda word: any(low <= instant <= high for instant in _instants(word, zone) for low, high in intervals)
    if any(isinstance(value, str) for value in values):
        texts = [as_text(value) for value in values]
        return lambda word: _compares(op, word, texts)
    numbers = [as_decimal(value) for value in values]
    return lambda word: (number := as_decimal(word)) is not None and _compares(op, number, numbers)


def _compares(op: Op, value: Any, operands: Sequence[Any]) -> bool:
    if op is Op.BETWEEN:
        return bool(operands[0] <= value <= operands[1])
    return COMPARE[op](value, operands[0])


def _instants(word: str, zone: str) -> tuple[int, ...]:
    """The first instant of the date or the instant a word spells, if it spells one."""
    moment = read_moment(word, zone)
    return moment[:1] if moment else ()


def _relative_test(op: Op, span: Span, as_of: int, zone: str) -> WordTest:
    """A date passes if any of its instants does: today is within the last day and within the next."""
    intervals = relative_intervals(op, span, as_of, zone)
    starts = [low for low, _ in intervals]

    def passes(word: str) -> bool:
        moment = read_moment(word, zone)
        if moment is None:
            return False
        position = bisect_right(starts, moment[1]) - 1
        return position >= 0 and moment[0] <= intervals[position][1]

    return passes


@dataclass(frozen=True, slots=True, eq=False)
class _Dictionary:
    """Compared by identity: hashing a million words for a look-up would cost more than the look-up saves."""

    words: tuple[str, ...]

    def __hash__(self) -> int:
        return id(self.words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Dictionary) and self.words is other.words


def word_table(op: Op, operand: Operand, words: tuple[str, ...], as_of: int, zone: str) -> Table:
    """1 where the word of a code passes, at ``code + 1``; null's answer is at 0. Read-only, kept for next time."""
    return _answers(_Dictionary(words), op, operand, repr(operand), _clock(op, as_of, zone))[0]


def word_runs(op: Op, operand: Operand, words: tuple[str, ...], as_of: int, zone: str) -> Intervals:
    """The same as closed intervals of codes; null is the code -1."""
    return _answers(_Dictionary(words), op, operand, repr(operand), _clock(op, as_of, zone))[1]


def _clock(op: Op, as_of: int, zone: str) -> tuple[int, str]:
    """As much of as_of as the answer depends on: an anniversary's changes at midnight, most never."""
    if op is Op.ANNIVERSARY_WITHIN:
        return start_of_day(local_day(as_of, zone), zone), zone
    return as_of if op in DATED else 0, zone


@lru_cache(maxsize=128)
def _answers(
    dictionary: _Dictionary, op: Op, operand: Operand, spelt: str, clock: tuple[int, str]
) -> tuple[Table, Intervals]:
    # ``spelt`` is there because 1 == True to a cache.
    words = dictionary.words
    test = word_test(op, operand, *clock)
    table = np.zeros(len(words) + 1, np.uint8)
    table[0] = op is Op.IS_NULL and bool(operand)
    table[1:] = np.fromiter(map(test, words), np.uint8, len(words))
    table.setflags(write=False)
    edges = np.flatnonzero(np.diff(table, prepend=0, append=0)).reshape(-1, 2)
    return table, tuple((int(first) - 1, int(after) - 2) for first, after in edges)


@lru_cache(maxsize=128)
def _codes(dictionary: _Dictionary) -> Mapping[str, int]:
    return {word: code for code, word in enumerate(dictionary.words)}


def code_of(word: str, words: tuple[str, ...]) -> int | None:
    """The code of a word in a dictionary; None if it is not there."""
    return _codes(_Dictionary(words)).get(word)
