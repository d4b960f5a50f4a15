"""What cannot be fitted is said in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import Conflict, DataError
from limner.learn.clv import BetaGeo, GammaGamma, ParetoNBD, lifetime_value, pareto_nbd


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        (([1, 2], [1, 2], [3]), "equally long"),
        (([-1], [0], [3]), "frequency is negative in 1 rows, first in row 0"),
        (([1.5], [1], [3]), "no whole number"),
        (([1], [4], [3]), "recency is larger than age"),
        (([0], [1], [3]), "must be 0 where frequency is 0"),
        (([1], [float("nan")], [3]), "no finite number"),
        ((["a"], [1], [3]), "must be numbers"),
        (([[1]], [[1]], [[3]]), "2 dimensions"),
        (([0] * 60, [0] * 60, [9] * 60), "nobody has bought again"),
        (([5] * 60, [9] * 60, [9] * 60), "do not determine"),
        (([1] * 3, [2] * 3, [9] * 3), "needs at least 50 customers"),
    ],
)
@pytest.mark.parametrize("model", [BetaGeo, ParetoNBD])
def test_histories(model: type[BetaGeo] | type[ParetoNBD], history: tuple[object, ...], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        model().fit(*history)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(8))
def test_a_way_without_end_is_known_wherever_the_search_begins(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(seed)
    monkeypatch.setattr(pareto_nbd, "STARTS", pareto_nbd.STARTS * np.exp(chance.normal(0, 0.7, (2, 4))))
    for history in (([5] * 60, [9] * 60, [9] * 60), ([1] * 80, [2] * 80, [40] * 80)):
        with pytest.raises(DataError, match="do not determine"):
            ParetoNBD().fit(*history)


def test_values() -> None:
    with pytest.raises(DataError, match="value is not positive in 1 rows, first in row 1"):
        GammaGamma().fit([2] * 60, [3] + [-1] + [4] * 58)
    with pytest.raises(DataError, match="needs at least 50 customers who bought again; there are 0"):
        GammaGamma().fit([0] * 60, [0] * 60)
    with pytest.raises(DataError, match="do not determine"):
        GammaGamma().fit([3] * 60, [7.0] * 60)


def test_before_a_fit() -> None:
    with pytest.raises(Conflict, match="not fitted yet"):
        BetaGeo().expected(3, [1], [1], [2])
    with pytest.raises(Conflict, match="given its parameters"):
        GammaGamma(p=6, q=4, v=15).interval(lambda model: model.expected([1], [1]))
    with pytest.raises(TypeError, match="r, alpha, a, b"):
        BetaGeo(r=1)
    with pytest.raises(DataError, match="at least 1"):
        lifetime_value(BetaGeo(r=1, alpha=1, a=1, b=1), GammaGamma(p=6, q=4, v=15), [1], [1], [2], [3], periods=0)


def test_one_in_the_place_of_a_gap() -> None:
    near = BetaGeo(r=0.5, alpha=4, a=1.001, b=2).expected(9, [2], [3], [9])
    assert BetaGeo(r=0.5, alpha=4, a=1.0, b=2).expected(9, [2], [3], [9]) == pytest.approx(near, rel=1e-3)
    assert np.isfinite(ParetoNBD(r=0.5, alpha=4, s=1.0, beta=2).expected(9, [2], [3], [9])).all()
