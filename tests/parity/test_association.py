"""The figures of the health of tags against the most obvious Python that could be right."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.model.column import NULL_NUMBER, TagColumn, ValueType
from limner.tags.association import (
    FLOOR,
    correlation,
    cramers_v,
    entropy,
    equal_share,
    mutual_information,
    stability_index,
)
from limner.tags.spread import SMALLEST, Cells, count, cut, encode, read_values

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=60)
maybe = st.one_of(st.just(math.nan), st.integers(-5, 5).map(float))


def near(value: float | None) -> object:
    return None if value is None else pytest.approx(value, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_stability(cells: list[tuple[int, int]]) -> None:
    before, after = [b for b, _ in cells], [a for _, a in cells]
    expected = None
    if sum(before) and sum(after):
        shares = [(max(b / sum(before), FLOOR), max(a / sum(after), FLOOR)) for b, a in cells]
        expected = sum((a - b) * math.log(a / b) for b, a in shares)
    assert stability_index(before, after) == near(expected)


@given(pairs)
def test_information(rows: list[tuple[int, int]]) -> None:
    n, both = len(rows), Counter(rows)
    x, y = Counter(a for a, _ in rows), Counter(b for _, b in rows)
    bits = sum(c / n * math.log2(c * n / (x[a] * y[b])) for (a, b), c in both.items())
    codes = np.array([a for a, _ in rows], np.int64), np.array([b for _, b in rows], np.int64)
    assert mutual_information(*codes) == near(bits)
    assert entropy(codes[0]) == near(-sum(c / n * math.log2(c / n) for c in x.values()))


@given(pairs)
def test_association(rows: list[tuple[int, int]]) -> None:
    n, both = len(rows), Counter(rows)
    x, y = Counter(a for a, _ in rows), Counter(b for _, b in rows)
    expected = None
    if min(len(x), len(y)) > 1:
        chi2 = sum((both[a, b] - x[a] * y[b] / n) ** 2 / (x[a] * y[b] / n) for a in x for b in y)
        expected = min(1.0, math.sqrt(chi2 / (n * (min(len(x), len(y)) - 1))))
    assert cramers_v(np.array([a for a, _ in rows], np.int64), np.array([b for _, b in rows], np.int64)) == near(
        expected
    )


@given(st.lists(st.tuples(maybe, maybe), max_size=40))
def test_correlation_and_equal_values(rows: list[tuple[float, float]]) -> None:
    known = [(a, b) for a, b in rows if not math.isnan(a) and not math.isnan(b)]
    xs, ys = [a for a, _ in known], [b for _, b in known]
    expected = None
    if len(known) > 2 and len(set(xs)) > 1 and len(set(ys)) > 1:
        mx, my = mean(xs), mean(ys)
        shared = sum((a - mx) * (b - my) for a, b in known)
        expected = shared / math.sqrt(sum((a - mx) ** 2 for a in xs) * sum((b - my) ** 2 for b in ys))
    x, y = np.array([a for a, _ in rows], float), np.array([b for _, b in rows], float)
    assert correlation(x, y) == near(expected)
    either = [(a, b) for a, b in rows if not (math.isnan(a) and math.isnan(b))]
    assert equal_share(x, y) == near(sum(a == b for a, b in either) / len(either) if either else None)


@given(st.lists(st.one_of(st.none(), st.integers(-30, 30)), max_size=50))
def test_numbers_are_cut_at_their_tenths(values: list[int | None]) -> None:
    stored = np.array([NULL_NUMBER if v is None else v for v in values], np.int64)
    column = TagColumn(ValueType.DECIMAL, stored, scale=1)
    read = read_values(column, 0)
    cells = cut(column, read)
    known = sorted(v / 10 for v in values if v is not None)
    tenths = {known[max(math.ceil(len(known) * tenth / 10) - 1, 0)] for tenth in range(1, 10)} if known else set()
    assert cells.edges == tuple(sorted(tenths))
    assert all(low < high for low, high in pairwise(cells.edges))
    expected = [0] * cells.size
    for value in values:
        place = cells.size - 1 if value is None else sum(edge <= value / 10 for edge in cells.edges)
        expected[place] += 1
    assert count(encode(column, read, cells), cells) == expected


def test_rare_words_have_no_cell_of_their_own() -> None:
    codes = np.array([0] * SMALLEST + [1] * (SMALLEST - 1) + [2] * 2 * SMALLEST + [-1] * 3, np.int32)
    column = TagColumn(ValueType.TEXT, codes, dictionary=("a", "b", "c"))
    cells = cut(column, read_values(column, 0))
    assert cells == Cells(words=("c", "a"))
    assert count(encode(column, read_values(column, 0), cells), cells) == [20, 10, 9, 3]
    later = TagColumn(ValueType.TEXT, np.array([0, 1, 1], np.int32), dictionary=("new", "a"))
    assert count(encode(later, read_values(later, 0), cells), cells) == [0, 2, 1, 0]
