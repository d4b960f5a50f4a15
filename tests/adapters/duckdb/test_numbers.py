"""Fingerprints are SipHash-2-4, and a number once given is found again, however full the table was."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.adapters.duckdb import numbers
from limner.adapters.duckdb.fingerprints import KEY, print_lists, print_pieces, print_texts
from limner.adapters.duckdb.numbers import Numbers, first_of_each

MASK = 2**64 - 1


def sip(message: bytes, first: int, second: int) -> tuple[int, int]:
    """SipHash-2-4 with 128 bits, after its authors' description."""
    v = [
        first ^ 0x736F6D6570736575,
        second ^ 0x646F72616E646F6D ^ 0xEE,
        first ^ 0x6C7967656E657261,
        second ^ 0x7465646279746573,
    ]

    def turn(word: int, bits: int) -> int:
        return (word << bits | word >> (64 - bits)) & MASK

    def rounds(count: int) -> None:
        for _ in range(count):
            v[0] = (v[0] + v[1]) & MASK
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = (v[2] + v[3]) & MASK
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & MASK
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & MASK
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    padded = message + b"\0" * (7 - len(message) % 8) + bytes([len(message) & 0xFF])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xEE
    rounds(4)
    low = v[0] ^ v[1] ^ v[2] ^ v[3]
    v[1] ^= 0xDD
    rounds(4)
    return low, v[0] ^ v[1] ^ v[2] ^ v[3]


def test_the_published_example() -> None:
    key = np.frombuffer(bytes(range(16)), np.uint64).reshape(1, 2)
    found = print_pieces(pa.array([""]), key)
    assert found.tobytes().hex() == "a3817f04ba25a8e66df67214c7550293"
    assert sip(b"", *key[0].tolist()) == tuple(found[0].tolist())


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(0, 3))
def test_texts_as_the_twin_has_them(texts: list[str], skipped: int) -> None:
    found = print_texts(pa.array(texts, pa.string())[skipped:])
    assert [tuple(row) for row in found.tolist()] == [sip(t.encode(), *KEY[0].tolist()) for t in texts[skipped:]]


@given(st.lists(st.lists(st.integers(0, 2**31 - 1), max_size=6), max_size=8), st.integers(0, 3))
def test_lists_as_the_twin_has_them(lists: list[list[int]], skipped: int) -> None:
    found = print_lists(pa.array(lists, pa.list_(pa.int32()))[skipped:])
    expected = [sip(np.array(nodes, np.int32).tobytes(), *KEY[0].tolist()) for nodes in lists[skipped:]]
    assert [tuple(row) for row in found.tolist()] == expected


def test_kinds_are_apart() -> None:
    found = print_texts(pa.array(["1", "1", "1"]), pa.array(["phone", "email", "phone"]))
    assert found[0].tolist() == found[2].tolist() != found[1].tolist()
    # Nor can a kind and a value be another kind and another value.
    split = print_texts(pa.array(["bc", "c"]), pa.array(["a", "ab"]))
    assert split[0].tolist() != split[1].tolist()


@pytest.mark.parametrize("range_", [4, 2**64 - 1])
def test_numbers_are_those_of_a_dict(monkeypatch: pytest.MonkeyPatch, range_: int) -> None:
    """Also when all marks are equal: `range_` is how far the first halves go."""
    monkeypatch.setattr(numbers, "SMALLEST", 2)
    rng = np.random.default_rng(range_)
    table, known = Numbers(), dict[tuple[int, int], int]()
    for _ in range(60):
        prints = np.stack([rng.integers(0, range_, 50, np.uint64), rng.integers(0, 900, 50, np.uint64)], axis=1)
        keys = [(int(mark) & 0xFFFFFFFF, int(word)) for mark, word in prints]
        assert table.find(prints).tolist() == [known.get(key, -1) for key in keys]
        groups, firsts = first_of_each(prints)
        assert [keys[first] for first in firsts] == list(dict.fromkeys(keys))
        assert [keys[firsts[group]] for group in groups] == keys
        fresh = firsts[table.find(prints[firsts]) < 0]
        given_ = np.arange(len(known), len(known) + len(fresh), dtype=np.int32)
        table.add(prints[fresh], given_)
        known |= {keys[row]: int(n) for row, n in zip(fresh, given_, strict=True)}
        assert len(table) == len(known)
