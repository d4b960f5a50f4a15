"""Tastes, against plain loops over one customer's events."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from limner.errors import DataError
from limner.learn.taste import NONE, Evidence, find_tastes

Events = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 300), st.sampled_from([1, 2, 5])), max_size=60
)


def slow(events: list[tuple[int, int, int, int]], who: int, asked: Evidence) -> tuple[int, float, float, int] | None:
    def weigh(chosen: list[tuple[int, int, int, int]]) -> float:
        return sum(weight * 2 ** (-age / 90) for _, _, age, weight in chosen)

    mine = [event for event in events if event[0] == who]
    found = []
    for value in sorted({event[1] for event in mine}):
        of_value = [event for event in mine if event[1] == value]
        share = weigh(of_value) / weigh(mine)
        lift = share / (weigh([event for event in events if event[1] == value]) / weigh(events))
        if len(of_value) >= asked.times and share >= asked.share - 1e-12 and lift >= asked.lift - 1e-12:
            found.append((value, share, lift, len(of_value)))
    return max(found, key=lambda one: one[1]) if found else None


def sure(events: list[tuple[int, int, int, int]], who: int, liked: int) -> float:
    """From shares with three events like everybody's before the customer's own."""
    weighed = [(mine == who, value, weight * 2 ** (-age / 90)) for mine, value, age, weight in events]
    whole = sum(weight for own, _, weight in weighed if own)
    count = whole**2 / sum(weight**2 for own, _, weight in weighed if own)
    believed = {}
    for value in {value for _, value, _ in weighed}:
        share = sum(weight for own, named, weight in weighed if own and named == value) / whole
        usual = sum(weight for _, named, weight in weighed if named == value) / sum(weight for _, _, weight in weighed)
        believed[value] = (count * share + 3 * usual) / (count + 3)
    first = believed.pop(liked)
    second = max(believed.values(), default=0.0)
    error = math.sqrt(max(first + second - (first - second) ** 2, 1e-9) / (count + 3))
    return float(ndtr((first - second) / error))


@given(Events)
def test_as_one_would_by_hand(events: list[tuple[int, int, int, int]]) -> None:
    asked = Evidence(times=2, share=0.251, lift=1.013)
    who, what, age, weight = zip(*events, strict=True) if events else ((), (), (), ())
    tastes = find_tastes(who, what, age, weight, size=5, kinds=4, evidence=asked)
    for customer in range(5):
        own = slow(events, customer, asked)
        if own is None:
            assert tastes.value[customer] == NONE
            continue
        assert (tastes.share[customer], tastes.lift[customer]) == pytest.approx(own[1:3])
        assert tastes.confidence[customer] == pytest.approx(sure(events, customer, own[0]))


def test_tastes_follow_people() -> None:
    who = [0] * 12 + [1] * 4
    what = [0] * 6 + [1] * 6 + [2] * 4
    age = [300] * 6 + [5] * 6 + [1] * 4
    assert find_tastes(who, what, age, size=3, kinds=3, half_life=30).value.tolist() == [1, 2, NONE]
    longer = find_tastes([*who, 0, 0, 0], [*what, 0, 0, 0], [*age, 90, 90, 90], size=3, kinds=3, half_life=5000)
    assert longer.value[0] == 0


def test_what_everybody_likes_is_nobodys_taste() -> None:
    who = np.repeat(np.arange(20), 5)
    assert (find_tastes(who, np.zeros(100, int), np.zeros(100), size=20, kinds=1).value == NONE).all()


def test_refunds_and_missing_values_are_left_out() -> None:
    tastes = find_tastes([0, 0, 0, 0, 1], [1, 1, 1, -1, 0], [1, 1, 1, 1, 1], [5, 5, 5, 99, -3], size=2, kinds=2,
                         evidence=Evidence(lift=0))  # fmt: skip
    assert tastes.value.tolist() == [1, NONE]
    assert tastes.times.tolist() == [3, 0]


def test_more_evidence_is_more_confidence() -> None:
    who = [0] * 5 + [1] * 50 + [2] * 40
    what = [0, 0, 0, 1, 1] + [0] * 30 + [1] * 20 + [2] * 40
    few, many, sure = find_tastes(who, what, np.zeros(95), size=3, kinds=3).confidence
    assert 0.5 < few < many < sure


def test_one_choice_is_no_certainty() -> None:
    """A single order in the stores, where most people buy in the app."""
    who = [0, *np.repeat(np.arange(1, 11), 10)]
    what = [1, *np.zeros(100, int)]
    tastes = find_tastes(who, what, np.zeros(101), size=11, kinds=2, evidence=Evidence(1, 0.3, 1.2))
    assert tastes.value[0] == 1
    assert tastes.confidence[0] < 0.5


def test_a_half_life_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="half-life"):
        find_tastes([0], [0], [0], size=1, kinds=1, half_life=0)
