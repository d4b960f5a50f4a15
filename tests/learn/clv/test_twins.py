"""Each clever formula against the obvious one: the published hypergeometric forms, differences, and simulation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta, gammaln, hyp2f1

from limner.learn.clv import (
    BetaGeo,
    GammaGamma,
    ParetoNBD,
    beta_geo,
    gamma_gamma,
    pareto_nbd,
    spending_interval,
    summarise,
)
from limner.learn.clv.histories import Histories, count_alike

Params = tuple[float, float, float, float]
positive = st.floats(0.2, 20)
histories = st.tuples(st.integers(0, 25), st.floats(0, 1), st.floats(1, 100)).map(
    lambda one: (one[0], one[1] * one[2] if one[0] else 0.0, one[2])
)


def column(histories: list[tuple[int, float, float]]) -> Histories:
    x, last, whole = (np.array(values, np.float64) for values in zip(*histories, strict=True))
    return Histories(x, last, whole, np.ones(len(x)))


def published_bg_nbd(params: Params, x: int, last: float, whole: float) -> float:
    """Equation 3 of Fader, Hardie and Lee (2005), as it stands there."""
    r, alpha, a, b = params
    rest = np.exp(gammaln(r + x) - gammaln(r)) * alpha**r
    lives = beta(a, b + x) / beta(a, b) * rest / (alpha + whole) ** (r + x)
    return float(lives + (beta(a + 1, b + x - 1) / beta(a, b) * rest / (alpha + last) ** (r + x) if x else 0))


def published_pareto(params: Params, x: int, last: float, whole: float) -> float:
    """Equation 18 of Fader and Hardie (2005), as it stands there; exact to some six digits."""
    r, alpha, s, b = params
    high, low = max(alpha, b), min(alpha, b)
    second = s + 1 if alpha >= b else r + x

    def part(t: float) -> float:
        return float(hyp2f1(r + s + x, second, r + s + x + 1, (high - low) / (high + t)) / (high + t) ** (r + s + x))

    rest = np.exp(gammaln(r + x) - gammaln(r)) * alpha**r * b**s
    lives = 1 / ((alpha + whole) ** (r + x) * (b + whole) ** s)
    return float(rest * (lives + s / (r + s + x) * (part(last) - part(whole))))


def integrated_pareto(params: Params, x: int, last: float, whole: float) -> float:
    """The same before the integral was solved: somebody stopped at y, or has not stopped yet."""
    r, alpha, s, b = params
    rest = np.exp(gammaln(r + x) - gammaln(r))

    def stopped(y: float) -> float:
        return float((alpha / (alpha + y)) ** r * (alpha + y) ** -x * s / b * (b / (b + y)) ** (s + 1))

    lives = (alpha / (alpha + whole)) ** r * (alpha + whole) ** -float(x) * (b / (b + whole)) ** s
    return float(rest * (lives + quad(stopped, last, whole, epsabs=0, epsrel=1e-11, limit=200)[0]))


def slope(likelihood, params: Params, k: int) -> float:  # type: ignore[no-untyped-def]
    step = 1e-5 * params[k]
    ends = [likelihood(np.array(params) + side * step * np.eye(len(params))[k])[0] for side in (1, -1)]
    return float((ends[0] - ends[1]) / (2 * step))


@given(st.tuples(positive, positive, positive, positive), st.lists(histories, min_size=1, max_size=5))
def test_bg_nbd_likelihood(params: Params, some: list[tuple[int, float, float]]) -> None:
    alike = count_alike(column(some * 2))
    levels, codes = np.unique(alike.frequency, return_inverse=True)

    def likelihood(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        return beta_geo.weigh(values, alike, levels, codes)

    total, gradient = likelihood(np.array(params))
    assert total == pytest.approx(2 * sum(np.log(published_bg_nbd(params, *one)) for one in some), rel=1e-9)
    assert gradient == pytest.approx([slope(likelihood, params, k) for k in range(4)], rel=1e-4, abs=1e-4)


@given(st.tuples(positive, positive, positive, positive), st.lists(histories, min_size=1, max_size=5))
def test_pareto_nbd_likelihood(params: Params, some: list[tuple[int, float, float]]) -> None:
    alike = count_alike(column(some))

    def likelihood(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        return pareto_nbd.weigh(values, alike)

    total, gradient = likelihood(np.array(params))
    assert total == pytest.approx(sum(np.log(published_pareto(params, *one)) for one in some), rel=1e-5, abs=1e-5)
    assert total == pytest.approx(sum(np.log(integrated_pareto(params, *one)) for one in some), rel=1e-9, abs=1e-9)
    assert gradient == pytest.approx([slope(likelihood, params, k) for k in range(4)], rel=1e-4, abs=1e-4)


@given(st.tuples(positive, positive, positive), st.lists(st.tuples(st.integers(1, 30), positive), min_size=1))
def test_gamma_gamma_gradient(params: tuple[float, float, float], some: list[tuple[int, float]]) -> None:
    x, mean = (np.array(values, np.float64) for values in zip(*some, strict=True))
    levels, counts = np.unique(x, return_counts=True)

    def likelihood(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        return gamma_gamma.weigh(values, x, x * mean, levels, counts.astype(np.float64))

    gradient = likelihood(np.array(params))[1]
    assert gradient == pytest.approx([slope(likelihood, params, k) for k in range(3)], rel=1e-4, abs=1e-3)  # type: ignore[arg-type]


def test_expectations_are_what_simulated_customers_do() -> None:
    chance = np.random.default_rng(3)
    model = BetaGeo(r=0.9, alpha=4.0, a=0.7, b=2.5)
    people, bought = 200_000, 0
    rates, stops = chance.gamma(0.9, 1 / 4.0, people), chance.beta(0.7, 2.5, people)
    clock, lives = np.zeros(people), np.ones(people, np.bool_)
    while lives.any():
        clock[lives] += chance.exponential(1 / rates[lives])
        lives &= clock <= 30
        bought += int(lives.sum())
        lives[lives] = chance.random(int(lives.sum())) >= stops[lives]
    assert model.expected_new(30) == pytest.approx(bought / people, rel=0.02)
    assert model.expected(30, [0], [0], [1e-9]) == pytest.approx(model.expected_new([30]), rel=1e-6)
    pareto = ParetoNBD(r=0.9, alpha=4.0, s=1.0, beta=6.0)
    assert pareto.expected(30, [0], [0], [1e-9]) == pytest.approx(pareto.expected_new([30]), rel=1e-6)


def test_parameters_are_found_again_and_lie_in_their_interval() -> None:
    chance = np.random.default_rng(8)
    people = 30_000
    nu = chance.gamma(3.7, 1 / 15.0, people)
    x = chance.integers(1, 12, people).astype(np.float64)
    spending = GammaGamma().fit(x, chance.gamma(6.2 * x, 1 / (x * nu)))
    assert spending.params == pytest.approx({"p": 6.2, "q": 3.7, "v": 15.0}, rel=0.1)
    low, high = spending.interval(lambda model: model.expected([3.0], [20.0]))
    assert low < GammaGamma(p=6.2, q=3.7, v=15.0).expected([3.0], [20.0]) < high
    assert high / low < 1.05


def test_heavy_buyers_do_not_overflow() -> None:
    history = ([3_000.0, 400.0], [199.95, 10.0], [200.0, 200.0])
    for model in (BetaGeo(r=0.5, alpha=2.0, a=0.8, b=2.4), ParetoNBD(r=0.5, alpha=2.0, s=0.6, beta=9.0)):
        alive, expected = model.alive(*history), model.expected(52, *history)
        assert alive[0] > 0.5
        assert alive[1] < 1e-6
        assert expected[0] == pytest.approx(alive[0] * 3_000 / 200 * 52, rel=0.25)
        assert np.isfinite(expected).all()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.floats(-5, 100)), max_size=40))
def test_summary_against_loops(rows: list[tuple[int, int, float]]) -> None:
    who, day, spent = (list(values) for values in zip(*rows, strict=True)) if rows else ([], [], [])
    found = summarise(who, day, spent, end=30)
    assert found.customers.tolist() == sorted({w for w, d in zip(who, day, strict=True) if d <= 30})
    for place, customer in enumerate(found.customers.tolist()):
        days: dict[int, float] = {}
        for w, d, money in rows:
            if w == customer and d <= 30:
                days[d] = days.get(d, 0) + money
        first, last, repeats = min(days), max(days), len(days) - 1
        assert (found.frequency[place], found.recency[place], found.age[place]) == (
            repeats,
            (last - first) / 7,
            (30 - first) / 7,
        )
        mean = sum(money for d, money in days.items() if d > first) / repeats if repeats else np.nan
        assert found.value[place] == pytest.approx(mean, nan_ok=True)


LAWS = BetaGeo(r=0.6, alpha=4.0, a=0.8, b=2.4), ParetoNBD(r=0.6, alpha=4.0, s=0.6, beta=11.0)


@pytest.mark.parametrize("law", LAWS, ids=["bg", "pareto"])
def test_chances_of_counts_add_up_to_what_is_expected(law: BetaGeo | ParetoNBD) -> None:
    history = np.array([0, 3, 12]), np.array([0.0, 20.0, 38.0]), np.array([30.0, 38.0, 39.0])
    most = int(law.most(20, history[0], history[2]).max())
    chances = law.counts(20, most, *history)
    assert chances.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert chances @ np.arange(most + 1) == pytest.approx(law.expected(20, *history), rel=1e-4)


def test_an_interval_is_that_of_customers_played_through() -> None:
    """BG/NBD and gamma-gamma of one history, step by step, as the models tell it."""
    law, values = LAWS[0], GammaGamma(p=6.0, q=4.0, v=15.0)
    x, last, age, mean, weeks = 6, 37.0, 38.0, 30.0, 26.0
    chance, spent = np.random.default_rng(5), []
    (alive,) = law.alive([x], [last], [age])
    for _ in range(4000):
        total, clock = 0.0, 0.0
        rate, stops = chance.gamma(0.6 + x, 1 / (4.0 + age)), chance.beta(0.8, 2.4 + x)
        nu = chance.gamma(6 * x + 4, 1 / (15 + x * mean))
        staying = chance.random() < alive
        while staying and (clock := clock + chance.exponential(1 / rate)) <= weeks:
            total += chance.gamma(6, 1 / nu)
            staying = chance.random() >= stops
        spent.append(total)
    low, high = spending_interval(law, values, [x], [last], [age], [mean], periods=weeks, level=0.8)
    assert low == 0 or np.mean(np.array(spent) < low) == pytest.approx(0.1, abs=0.02)
    assert np.mean(np.array(spent) <= high) == pytest.approx(0.8 if low == 0 else 0.9, abs=0.02)


def test_customers_alone_and_among_others_have_the_same_interval() -> None:
    law, values = LAWS[1], GammaGamma(p=6.0, q=4.0, v=15.0)
    rows = [(0, 0.0, 30.0, 0.0), (4, 20.0, 30.0, 12.0), (4, 29.0, 30.0, -3.0), (30, 30.0, 30.0, 50.0)]
    x, last, age, mean = (np.array(column, float) for column in zip(*rows, strict=True))
    low, high = spending_interval(law, values, x, last, age, mean, periods=12)
    for place in range(len(rows)):
        one = slice(place, place + 1)
        alone = spending_interval(law, values, x[one], last[one], age[one], mean[one], periods=12)
        assert (low[place], high[place]) == pytest.approx((alone[0][0], alone[1][0]), rel=1e-6)
    assert low[3] > 0
    assert (low <= high).all()
    fixed = spending_interval(law, None, x, last, age, np.full(4, 10.0), periods=12)
    assert (np.concatenate(fixed) % 10 == 0).all()
