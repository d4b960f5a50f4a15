from __future__ import annotations

import numpy as np
import pytest

from limner.errors import DataError
from limner.learn.recommend import Interactions


def test_weights_are_halved_with_age_added_up_and_damped() -> None:
    seen = Interactions.of([7, 7, 7, 3], ["a", "a", "b", "a"], [1, 4, 2, 1], [100, 70, 40, 100], now=100, half_life=30)
    assert seen.customers.tolist() == [3, 7]
    assert seen.matrix.toarray() == pytest.approx(np.log1p([[1, 0], [1 + 4 / 2, 2 / 4]]), rel=1e-6)


def test_histories_by_customer_and_of_those_without() -> None:
    seen = Interactions.of([3, 7], ["a", "b"])
    assert seen.rows([7, 5, 3, 99]).toarray() == pytest.approx(np.log1p([[0, 1], [0, 0], [1, 0], [0, 0]]))


def test_rare_items_are_left_out() -> None:
    seen = Interactions.of([1, 2, 1, 1], ["a", "a", "b", "b"], least=2)
    assert seen.items == ("a",)
    assert seen.item.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (([], []), "no interactions"),
        (([1], ["a"], [0.0]), "no interactions"),
        (([1, 2], ["a", "b"], [1.0, -1.0]), "0 or more"),
        (([1, 2], ["a", "b"], [1.0, np.nan]), "0 or more"),
        (([1, 2], ["a"]), "equally long"),
    ],
)
def test_what_teaches_nothing_is_refused(given: tuple[list[object], ...], says: str) -> None:
    with pytest.raises(DataError, match=says):
        Interactions.of(*given)  # type: ignore[arg-type]


def test_items_nobody_shares() -> None:
    with pytest.raises(DataError, match="of 2 customers"):
        Interactions.of([1, 2], ["a", "b"], least=2)
