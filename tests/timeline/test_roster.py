"""Lists of customers, against sorting and looking at each."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limner.timeline.roster import find_places, list_missing, list_once

numbers = st.lists(st.integers(-1, 40) | st.integers(0, 5_000)).map(lambda some: np.array(some, np.int32))


@given(numbers)
def test_each_is_listed_once(some: np.ndarray) -> None:
    assert list_once(some).tolist() == sorted({one for one in some.tolist() if one >= 0})


@given(numbers, numbers)
def test_those_that_are_there_are_found(some: np.ndarray, asked: np.ndarray) -> None:
    here, wanted = list_once(some), list_once(asked)
    found = find_places(here, wanted)
    assert here[found].tolist() == [one for one in wanted.tolist() if one in set(here.tolist())]


@given(numbers, numbers)
def test_those_that_are_missing_are_listed(some: np.ndarray, there: np.ndarray) -> None:
    some, there = some[some >= 0], there[there >= 0]
    assert list_missing(some, there).tolist() == sorted({*some.tolist()} - {*there.tolist()})
