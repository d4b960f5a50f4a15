"""Sets of members."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limner.audiences.sets import as_array, as_set, diff

numbers = st.sets(st.integers(0, 2**31 - 1))


@given(numbers, numbers)
def test_sets_behave_like_sets(left: set[int], right: set[int]) -> None:
    first, second = (as_set(np.array(sorted(members), np.int32)) for members in (left, right))
    assert set(first & second) == left & right
    assert set(first | second) == left | right
    change = diff(first, second)
    assert (set(change.entered), set(change.left)) == (right - left, left - right)
    assert as_array(first).tolist() == sorted(left)
