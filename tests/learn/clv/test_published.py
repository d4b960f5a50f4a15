"""The CDNOW sample: what was published of it is found again."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from tests.data_sets import find_data

from limner.learn.clv import BetaGeo, GammaGamma, ParetoNBD, Summary, lifetime_value, spending_interval, summarise

END = date(1997, 9, 30).toordinal()
WEEKS = 39


class Purchases(NamedTuple):
    who: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    spent: npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def purchases() -> Purchases:
    rows = [line.split() for line in find_data("cdnow/CDNOW_sample.txt").read_text().splitlines()]
    days = [date.fromisoformat(f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}").toordinal() for row in rows]
    return Purchases(np.array([int(r[1]) for r in rows]), np.array(days), np.array([float(r[4]) for r in rows]))


@pytest.fixture(scope="module")
def seen(purchases: Purchases) -> Summary:
    return summarise(*purchases, end=END)


@pytest.fixture(scope="module")
def later(purchases: Purchases, seen: Summary) -> npt.NDArray[np.float64]:
    """Days with a purchase in the 39 weeks after."""
    after = purchases.day > END
    days = np.unique(np.stack([purchases.who[after], purchases.day[after]]), axis=1)[0]
    return np.bincount(days, minlength=int(seen.customers.max()) + 1)[seen.customers].astype(np.float64)


@pytest.fixture(scope="module")
def beta_geo(seen: Summary) -> BetaGeo:
    return BetaGeo().fit(seen.frequency, seen.recency, seen.age)


@pytest.fixture(scope="module")
def pareto(seen: Summary) -> ParetoNBD:
    return ParetoNBD().fit(seen.frequency, seen.recency, seen.age)


@pytest.fixture(scope="module")
def spending(seen: Summary) -> GammaGamma:
    back = seen.frequency > 0
    return GammaGamma().fit(seen.frequency[back], seen.value[back])


def test_bg_nbd(beta_geo: BetaGeo) -> None:
    assert beta_geo.params == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=6e-4)
    assert beta_geo.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert beta_geo.expected(39, [2], [30.43], [38.86]) == pytest.approx([1.226], abs=5e-4)
    assert beta_geo.expected_new([1 / 7, 1, 3]) == pytest.approx([0.0078, 0.0532, 0.1506], abs=5e-5)


def test_pareto_nbd(pareto: ParetoNBD) -> None:
    assert pareto.params == pytest.approx({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, abs=6e-4)
    published = ParetoNBD(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)
    assert published.expected(52, [26], [30.86], [31]) == pytest.approx([25.46], abs=0.006)
    assert published.alive([26], [30.86], [31]) == pytest.approx([0.9979], abs=5e-5)


def test_gamma_gamma(spending: GammaGamma, seen: Summary) -> None:
    assert spending.params == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, abs=0.006)
    first = spending.expected(seen.frequency[:10], np.nan_to_num(seen.value[:10]))
    known = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert first == pytest.approx(known, abs=0.01)


def test_what_was_bought_later(
    beta_geo: BetaGeo, pareto: ParetoNBD, seen: Summary, later: npt.NDArray[np.float64]
) -> None:
    assert later.sum() == 1882
    for model, error in ((beta_geo, 1.608), (pareto, 1.603)):
        expected = model.expected(WEEKS, seen.frequency, seen.recency, seen.age)
        assert np.corrcoef(later, expected)[0, 1] >= 0.625
        assert expected.sum() == pytest.approx(1882, rel=0.13)
        assert np.sqrt(np.mean((later - expected) ** 2)) == pytest.approx(error, abs=0.001)
    by_frequency = beta_geo.expected(WEEKS, seen.frequency, seen.recency, seen.age)
    bands = np.minimum(seen.frequency, 7).astype(int)
    means = np.bincount(bands, by_frequency) / np.bincount(bands)
    assert means == pytest.approx([0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157], abs=0.001)


def test_lifetime_value_is_what_is_bought_times_what_it_is_worth(
    beta_geo: BetaGeo, spending: GammaGamma, seen: Summary
) -> None:
    history = (seen.frequency, seen.recency, seen.age)
    worth = lifetime_value(beta_geo, spending, *history, seen.value, periods=WEEKS)
    bought = beta_geo.expected(WEEKS, *history)
    assert worth == pytest.approx(bought * spending.expected(seen.frequency, np.nan_to_num(seen.value)))
    assert (lifetime_value(beta_geo, spending, *history, seen.value, periods=WEEKS, discount=0.002) < worth).all()


def test_nine_in_ten_spend_what_the_interval_says(
    beta_geo: BetaGeo, pareto: ParetoNBD, spending: GammaGamma, seen: Summary, purchases: Purchases
) -> None:
    after = purchases.day > END
    spent = np.bincount(purchases.who[after], purchases.spent[after], int(seen.customers.max()) + 1)[seen.customers]
    for model, share in ((beta_geo, 0.890), (pareto, 0.869)):
        history = (seen.frequency, seen.recency, seen.age, np.nan_to_num(seen.value))
        low, high = spending_interval(model, spending, *history, periods=WEEKS, level=0.9)
        assert np.mean((spent >= low - 0.01) & (spent <= high + 0.01)) == pytest.approx(share, abs=0.002)
