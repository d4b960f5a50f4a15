"""RFM on arrays, against the most obvious way to do it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import DataError
from limner.learn.rfm import NOBODY, SEGMENTS, Cuts, cut_by_quantiles, name_segments, score

NAMES = {
    (True, True, True): "重要价值客户",
    (True, False, True): "重要发展客户",
    (False, True, True): "重要保持客户",
    (False, False, True): "重要挽留客户",
    (True, True, False): "一般价值客户",
    (True, False, False): "一般发展客户",
    (False, True, False): "一般保持客户",
    (False, False, False): "一般挽留客户",
}
Customers = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 30), st.integers(-200, 9000)), min_size=1, max_size=60
)


def slow_score(value: float, bounds: tuple[float, ...]) -> int:
    return 1 + sum(value > bound for bound in bounds)


@given(Customers)
def test_as_one_would_by_hand(customers: list[tuple[int, int, int]]) -> None:
    days, often, spent = (list(column) for column in zip(*customers, strict=True))
    cuts = cut_by_quantiles(days, often, spent)
    scores = score(cuts, days, often, spent)
    codes = name_segments(scores)
    for row, (day, count, money) in enumerate(customers):
        own = (6 - slow_score(day, cuts.recency), slow_score(count, cuts.frequency), slow_score(money, cuts.money))
        assert (scores.recency[row], scores.frequency[row], scores.money[row]) == own
        assert SEGMENTS[codes[row]].zh == NAMES[own[0] >= 3, own[1] >= 3, own[2] >= 3]


def test_fifths_are_of_one_size() -> None:
    numbers = np.random.default_rng(2).permutation(1000).astype(float)
    scores = score(cut_by_quantiles(numbers, numbers, numbers), numbers, numbers, numbers)
    for found in (scores.recency, scores.frequency, scores.money):
        assert np.bincount(found).tolist() == [0, 200, 200, 200, 200, 200]


def test_who_never_bought_has_no_segment() -> None:
    scores = score(Cuts((30.0,), (1.0,), (10.0,)), [np.nan, 1], [np.nan, 2], [np.nan, -50])
    assert scores.money.tolist() == [NOBODY, 1]  # refunds larger than spend are the lowest score, not an error
    assert name_segments(scores, border=2).tolist() == [-1, 6]


def test_bad_input_is_a_sentence() -> None:
    with pytest.raises(DataError, match="Nobody has bought"):
        cut_by_quantiles([np.nan], [np.nan], [np.nan])
    with pytest.raises(DataError, match="must ascend"):
        Cuts((90.0, 30.0), (1.0,), (1.0,))
    with pytest.raises(DataError, match="equally long"):
        score(Cuts((1.0,), (1.0,), (1.0,)), [1, 2], [1], [1])


def test_constant_features_tell_nobody_apart() -> None:
    ones = [7.0] * 9
    scores = score(cut_by_quantiles(ones, ones, ones), ones, ones, ones)
    assert set(name_segments(scores).tolist()) == {4}
