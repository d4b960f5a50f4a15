"""Which fragments a customer has, against a look at everybody's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from limner.timeline.residence import Residence

Numbers = npt.NDArray[np.int32]


@st.composite
def placements(draw: st.DrawFn) -> list[Numbers]:
    """One after the other: fragments come, move, and are shown no more."""
    found: list[Numbers] = []
    size = 0
    for _ in range(draw(st.integers(1, 5))):
        size += draw(st.integers(0, 4))
        found.append(np.array(draw(st.lists(st.integers(-1, 6), min_size=size, max_size=size)), np.int32))
    return found


@given(placements(), st.data())
def test_fragments_are_found_wherever_it_began(steps: list[Numbers], data: st.DataObject) -> None:
    """One made of a later placement, as after a compaction, knows what the first one does."""
    first, later = Residence(steps[0]), Residence(steps[data.draw(st.integers(0, len(steps) - 1), "made of")])
    for placement in steps[1:]:
        first.follow(placement)
    later.follow(steps[-1])
    for customers in ([3], [0, 2, 5], list(range(7))):
        asked = np.array(customers, np.int32)
        wanted = np.flatnonzero(np.isin(steps[-1], asked)).tolist()
        for residence in (first, later):
            assert residence.fragments_of(asked, steps[-1]).tolist() == wanted
            ends, fragments = residence.list_fragments(asked, steps[-1])
            each = [fragments[begin:end].tolist() for begin, end in pairwise(ends.tolist())]
            assert each == [np.flatnonzero(steps[-1] == one).tolist() for one in customers]
            alone = [residence.fragments_of_one(one, steps[-1]) for one in customers]
            assert sorted(fragment for found in alone for fragment in found) == wanted
