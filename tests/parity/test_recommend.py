"""Diversity, EASE, item to item and the measures of lists against the most obvious Python."""

from __future__ import annotations

from math import log2, sqrt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from limner.errors import DataError
from limner.learn.recommend import Ease, ItemToItem, Ranked, diversify
from limner.learn.recommend.diversity import likeness_of
from limner.learn.recommend.evaluation import measure

small = st.integers(0, 3)
histories = st.lists(st.lists(small, min_size=5, max_size=5), min_size=2, max_size=8).filter(
    lambda rows: any(map(any, rows))
)


@given(st.lists(st.tuples(st.floats(0, 9), small, small), min_size=1, max_size=8), st.integers(1, 9), st.floats(0, 1))
def test_marginal_relevance(items: list[tuple[float, int, int]], n: int, balance: float) -> None:
    def likeness(one: int, other: int) -> float:
        return sum(a == b for a, b in zip(items[one][1:], items[other][1:], strict=True)) / 2

    top = max(score for score, *_ in items) or 1
    chosen: list[int] = []
    while len(chosen) < min(n, len(items)):
        gains = {
            place: balance * (items[place][0] / top)
            - (1 - balance) * max((likeness(place, other) for other in chosen), default=0)
            for place in range(len(items))
            if place not in chosen
        }
        chosen.append(max(gains, key=lambda place: (gains[place], -place)))
    attributes = likeness_of([item[1:] for item in items])
    assert diversify([score for score, *_ in items], attributes, n, balance) == chosen


def test_all_or_nothing_of_diversity() -> None:
    alike = likeness_of([("tea", None), ("tea", "x"), ("cup", None)])
    assert alike.tolist() == [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]
    assert diversify([3, 2, 1], alike, 3, 1) == [0, 1, 2]
    assert diversify([3, 2, 1], alike, 2, 0.3) == [0, 2]
    assert diversify([], np.zeros((0, 0)), 3, 0.5) == []
    with pytest.raises(DataError, match="0 to 1"):
        diversify([1], [[1]], 1, 1.5)


@given(histories)
@settings(max_examples=40)
def test_ease_solves_its_least_squares(rows: list[list[int]]) -> None:
    """Without the closed form: each item's column is a ridge regression on all others (Steck, equation 4)."""
    matrix, ridge = np.array(rows, np.float64), 2.0
    found = Ease(ridge).fit(csr_matrix(matrix, dtype=np.float32)).arrays()["weights"]
    for item in range(5):
        others = np.delete(matrix, item, axis=1)
        wanted = np.linalg.solve(others.T @ others + ridge * np.eye(4), others.T @ matrix[:, item])
        assert np.delete(found[:, item], item) == pytest.approx(wanted, abs=1e-5)
        assert found[item, item] == 0


@given(histories)
@settings(max_examples=40)
def test_item_to_item_is_the_cosine(rows: list[list[int]]) -> None:
    columns = list(zip(*rows, strict=True))

    def cosine(one: int, other: int) -> float:
        norms = sqrt(sum(v * v for v in columns[one]) * sum(v * v for v in columns[other]))
        return sum(a * b for a, b in zip(columns[one], columns[other], strict=True)) / norms if norms else 0

    model = ItemToItem().fit(csr_matrix(np.array(rows, np.float32)))
    history = rows[0]
    wanted = [sum(history[own] * cosine(own, item) for own in range(5) if own != item) for item in range(5)]
    assert model.score(csr_matrix(np.array([history], np.float32)))[0] == pytest.approx(wanted, abs=1e-5)


lists = st.lists(st.permutations(range(6)), min_size=1, max_size=6)


@given(lists, st.integers(1, 6), st.data())
def test_recall_and_gain(order: list[list[int]], k: int, data: st.DataObject) -> None:
    wanted = [data.draw(st.sets(st.integers(0, 5), min_size=1)) for _ in order]
    table = np.zeros((len(order), 6), np.float32)
    for row, items in enumerate(wanted):
        table[row, list(items)] = 1
    shown: npt.NDArray[np.int32] = np.array([line[:k] for line in order], np.int32)
    found = measure("x", Ranked(shown, np.ones(shown.shape, np.float32)), csr_matrix(table), k)
    recalls, gains = [], []
    for line, items in zip(order, wanted, strict=True):
        hits = [item in items for item in line[:k]]
        most = min(k, len(items))
        recalls.append(sum(hits) / most)
        ideal = sum(1 / log2(place + 2) for place in range(most))
        gains.append(sum(hit / log2(place + 2) for place, hit in enumerate(hits)) / ideal)
    assert found.recall == pytest.approx(sum(recalls) / len(recalls))
    assert found.ndcg == pytest.approx(sum(gains) / len(gains))
    assert found.coverage == len({item for line in order for item in line[:k]}) / 6
