from __future__ import annotations

import gzip
import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect import unpacking
from limner.collect.unpacking import unpack
from limner.errors import DataError


@pytest.fixture(autouse=True, scope="module")
def _small_pieces() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(unpacking, "PIECE", 100)
    yield
    patch.undo()


class Full(Exception):
    pass


@given(members=st.lists(st.binary(max_size=300) | st.integers(0, 5_000).map(bytes), min_size=1, max_size=4))
def test_what_was_packed_comes_out_in_pieces_that_were_asked_for(members: list[bytes]) -> None:
    claimed: list[int] = []
    whole = b"".join(members)
    assert unpack(b"".join(map(gzip.compress, members)), len(whole), claimed.append) == whole
    assert sum(claimed) == len(whole)
    assert max(claimed) <= 100


@given(content=st.binary(max_size=300) | st.integers(0, 5_000).map(bytes), cut=st.integers(1, 400))
def test_a_body_that_is_cut_short_is_told_so(content: bytes, cut: int) -> None:
    packed = gzip.compress(content)
    with pytest.raises(DataError, match="cut short"):
        unpack(packed[: max(len(packed) - cut, 2)])


@given(size=st.integers(1, 2_000), most=st.integers(0, 2_000))
def test_never_more_than_the_limit(size: int, most: int) -> None:
    packed = gzip.compress(bytes(size))
    if size <= most:
        assert len(unpack(packed, most)) == size
    else:
        with pytest.raises(DataError, match="more than"):
            unpack(packed, most)


def test_it_stops_where_there_is_no_room() -> None:
    claimed = 0

    def claim(size: int) -> None:
        nonlocal claimed
        claimed += size
        if claimed > 1_000:
            raise Full

    with pytest.raises(Full):
        unpack(gzip.compress(os.urandom(5_000)), claim=claim)
    assert claimed <= 1_100
