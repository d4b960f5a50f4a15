"""What begins with some letters, by sorted runs and by looking at each."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limner.adapters.duckdb.spelling import Spelling, Texts

TEXTS = st.lists(st.tuples(st.integers(0, 2), st.text("abé", max_size=6)), max_size=80)


def texts_of(spelled: list[tuple[int, str]]) -> Texts:
    values = [text.encode() for _, text in spelled]
    ends = np.cumsum([0, *map(len, values)], dtype=np.int64)
    codes = np.array([code for code, _ in spelled], np.int16)
    return Texts(codes, np.frombuffer(b"".join(values), np.uint8).copy(), ends)


@given(TEXTS, st.lists(st.integers(0, 80), max_size=3), st.text("abé", max_size=3), st.sampled_from([[0], [0, 1, 2]]))
def test_in_runs_as_one_by_one(spelled: list[tuple[int, str]], cuts: list[int], start: str, codes: list[int]) -> None:
    spelling = Spelling()
    for cut in sorted(cuts):
        spelling.sort(texts_of(spelled[:cut]))
    obvious = sorted(
        (text.encode(), node) for node, (code, text) in enumerate(spelled) if code in codes and text.startswith(start)
    )
    assert spelling.beginning(texts_of(spelled), start.encode(), codes, 5) == obvious[:5]


def test_many_are_sorted_beside_and_found_all_the_while() -> None:
    spelled = [(0, f"user{n * 7919 % 40_009:06}") for n in range(40_000)]
    spelling, texts = Spelling(), texts_of(spelled)
    before = spelling.beginning(texts, b"user01234", [0], 9)
    spelling.wait()
    obvious = sorted(text.encode() for _, text in spelled if text.startswith("user01234"))
    assert [text for text, _ in before] == obvious[:9]
    assert spelling.beginning(texts, b"user01234", [0], 9) == before
