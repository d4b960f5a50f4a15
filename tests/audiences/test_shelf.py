"""Snapshots of audiences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from limner.audiences import shelf as shelf_module
from limner.audiences.shelf import Shelf, follow
from limner.errors import DataError, NotFound


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "snapshots")


def test_they_come_back_as_they_were(shelf: Shelf) -> None:
    first = shelf.put("贵宾", BitMap([1, 5, 70_000]), 10, 11, 3, 1)
    second = shelf.put("贵宾", BitMap(), 20, 21, 4, 2)
    assert shelf.list("贵宾") == [first, second]
    assert (first.number, first.size, second.number, second.size) == (1, 3, 2, 0)
    assert shelf.read(first) == BitMap([1, 5, 70_000])
    assert shelf.last("贵宾") == second
    assert shelf.last("贵宾", 19) == first
    assert shelf.last("贵宾", 9) is None
    with pytest.raises(NotFound, match="There are 1 to 2"):
        shelf.get("贵宾", 3)
    shelf.drop("贵宾")
    assert shelf.list("贵宾") == []


def test_the_oldest_go_and_no_number_is_given_twice(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "KEPT", 3)
    for i in range(5):
        shelf.put("vip", BitMap([i]), i, i, i, 1)
    assert [each.number for each in shelf.list("vip")] == [3, 4, 5]


def test_erased_people_leave_them(shelf: Shelf) -> None:
    shelf.put("a", BitMap([1, 2, 3]), 0, 0, 0, 1)
    shelf.put("b", BitMap([4]), 0, 0, 0, 1)
    shelf.forget([2, 9])
    [left] = shelf.list("a")
    assert (left.size, shelf.read(left)) == (2, BitMap([1, 3]))
    assert shelf.read(shelf.get("b", 1)) == BitMap([4])


def test_a_damaged_one_is_said_to_be(shelf: Shelf, tmp_path: Path) -> None:
    taken = shelf.put("a", BitMap([1, 2, 3]), 0, 0, 0, 1)
    path = tmp_path / "snapshots" / "a" / "00000001.snapshot"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match="damaged"):
        shelf.read(taken)
    path.write_bytes(b"")
    assert shelf.list("a") == []


@given(st.sets(st.integers(0, 30)), st.lists(st.integers(0, 20), min_size=21, max_size=21))
def test_members_are_followed_through_merges(members: set[int], root: list[int]) -> None:
    assert set(follow(BitMap(members), np.array(root, np.int32))) == {root[one] for one in members if one < 21}
