"""Sets of members."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limner.audiences.sets import as_array, as_set, cut_page, diff

numbers = st.sets(st.integers(0, 2**31 - 1))


@given(numbers, numbers)
def test_sets_behave_like_sets(left: set[int], right: set[int]) -> None:
    first, second = (as_set(np.array(sorted(members), np.int32)) for members in (left, right))
    assert set(first & second) == left & right
    assert set(first | second) == left | right
    change = diff(first, second)
    assert (set(change.entered), set(change.left)) == (right - left, left - right)
    assert as_array(first).tolist() == sorted(left)


@given(numbers, st.integers(-1, 2**40), st.integers(1, 5))
def test_a_page_is_what_a_slice_of_the_sorted_is(all_: set[int], after: int, limit: int) -> None:
    ordered = sorted(all_)
    behind = [number for number in ordered if number > after]
    ahead = ordered[: len(ordered) - len(behind)]
    page = cut_page(as_set(np.array(ordered, np.int32)), after, limit)
    assert (page.members, page.before) == (behind[:limit], len(ahead))
    assert page.following == (behind[limit - 1] if len(behind) > limit else None)
    assert page.preceding == (ahead[-limit - 1] if len(ahead) > limit else None)
