"""Arrays that grow at their end, beside a list."""

from __future__ import annotations

import numpy as np
import pytest

from limner.growing import Growing, Written


@pytest.mark.parametrize("kind", [Growing, Written])
def test_all_is_there_in_order_and_what_was_handed_out_stays(kind: type[Growing]) -> None:
    chance, grown, all = np.random.default_rng(4), kind(np.int32, 7), [7]
    handed_out = []
    for _ in range(3_000):
        most = 300 if chance.random() < 0.01 else 4
        more = chance.integers(1_000_000, size=chance.integers(most)).astype(np.int32)
        grown.extend(more)
        if len(more):  # those added last are written once more
            more[-1] += 1
            grown.values[-1] = more[-1]
        all += more.tolist()
        handed_out.append(grown.values)
        assert len(grown.values) == len(all)
    assert grown.values.dtype == np.int32
    for values in handed_out:
        assert values.tolist() == all[: len(values)]


def test_of_many_few_are_copied_at_once() -> None:
    grown, copied = Growing(np.int64), list[int]()
    for _ in range(2_000):
        size, room, moved = len(grown.values), grown._room, grown._moved
        grown.extend(np.arange(size, size + 100))
        if grown._room is not room:
            copied.append(size - moved)
        else:
            copied.append(grown._moved - moved)
    assert max(copied[100:]) <= 30 * 100, "of 200,000"
    assert grown.values.tolist() == [*range(200_000)]


def test_what_is_written_all_the_time_is_written_where_it_stands() -> None:
    written = Written(np.int64)
    for size in range(1, 500):
        written.extend(np.zeros(1, np.int64))
        written.values[:] += 1
        assert written.values.tolist() == [*range(size, 0, -1)]
