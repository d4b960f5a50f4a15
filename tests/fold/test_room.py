"""Room that is taken ahead."""

from __future__ import annotations

import numpy as np

from limner.fold.room import LEAST, SPARE, make_room, take_room


def test_what_is_ready_is_taken_once_where_it_fits() -> None:
    make_room(LEAST)
    large = take_room((LEAST,), np.int64)
    small = take_room((LEAST // 16,), np.int64)
    room = take_room((LEAST // 8 // 2, 2), np.int64)
    other = take_room((LEAST // 8,), np.int64)
    assert room.shape == (LEAST // 16, 2)
    assert room.dtype == np.int64
    assert room.base is not None
    assert room.base.nbytes == LEAST + LEAST // SPARE, "it is the one that was ready"
    assert all(one.base is None for one in (large, small, other))
    room[:], other[:] = 1, 2
    assert room.sum() == LEAST // 8, "nobody else has it"


def test_what_comes_quickly_is_not_kept() -> None:
    take_room((LEAST,), np.uint8)
    make_room(LEAST - 1)
    assert take_room((LEAST - 1,), np.uint8).base is None
