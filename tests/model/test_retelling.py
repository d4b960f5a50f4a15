"""Patterns are read in one pass, and find what a regular expression would."""

from __future__ import annotations

import re
from time import thread_time

from hypothesis import given
from hypothesis import strategies as st

from limner.model.retelling import HOLE, Pattern

PIECES = st.lists(st.sampled_from(["a", "b", "ab", " ", "a a"]), min_size=1, max_size=4)


def read_slowly(english: str, text: str) -> dict[str, str] | None:
    """The twin: each hole as little as it can hold."""
    pieces = HOLE.split(english)
    whole = "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    found = re.fullmatch(whole, text, re.DOTALL)
    return None if found is None else found.groupdict()


@given(PIECES, st.booleans(), st.booleans(), st.text("ab \n", max_size=14))
def test_it_reads_what_a_regular_expression_reads(pieces: list[str], begins: bool, ends: bool, text: str) -> None:
    english = "".join(f"{piece}{{{'xyzw'[at]}}}" for at, piece in enumerate(pieces))
    english = english[len(pieces[0]) :] if begins else english
    english = english if ends else f"{english}a"
    assert Pattern(english, "").read(text) == read_slowly(english, text)


def test_what_looks_like_many_holes_takes_one_pass() -> None:
    pattern = Pattern("{a} is {b}, {c} is {d}, {e} is {f}.", "{a}{b}{c}{d}{e}{f}")
    begun = thread_time()
    assert pattern.read("a is b, " * 100_000) is None
    assert thread_time() - begun < 0.5
