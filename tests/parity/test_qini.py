"""The Qini curve and its area against the most obvious Python: a loop over how many are treated."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.learn.uplift import qini
from limner.learn.uplift.qini import area, draw_curve

Row = tuple[int, bool, float]
rows = st.lists(
    st.tuples(st.integers(-2, 2), st.booleans(), st.floats(0, 3)), min_size=2, max_size=30
).filter(lambda some: len({arm for _, arm, _ in some}) == 2)  # fmt: skip


def obvious(some: list[Row]) -> tuple[list[tuple[float, float]], float]:
    """The curve and its area; those of equal uplift are treated at once."""
    everybody = [arm for _, arm, _ in some].count(True)
    points = [(0.0, 0.0)]
    for edge in sorted({uplift for uplift, _, _ in some}, reverse=True):
        chosen = [row for row in some if row[0] >= edge]
        treated = [outcome for _, arm, outcome in chosen if arm]
        alone = [outcome for _, arm, outcome in chosen if not arm]
        scaled = sum(alone) * len(treated) / len(alone) if alone else 0
        points.append((len(chosen) / len(some), (sum(treated) - scaled) / everybody))
    under = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))
    return points, under - points[-1][1] / 2


@given(rows)
def test_curve_and_area(some: list[Row]) -> None:
    points, wanted = obvious(some)
    ordered = sorted(some, key=lambda row: -row[0])
    uplift, arm, outcome = (np.array(column) for column in zip(*ordered, strict=True))
    ends = np.flatnonzero(np.diff(uplift.astype(float), append=-np.inf))
    shares, gains = draw_curve(arm.astype(bool), outcome.astype(float), ends, np.ones(len(some)))
    assert shares == pytest.approx([share for share, _ in points])
    assert gains == pytest.approx([gain for _, gain in points])
    assert area(shares, gains) == pytest.approx(wanted)


@given(st.permutations(range(120)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    chance = np.random.default_rng(4)
    uplift, arm, outcome = chance.integers(0, 5, 120), np.arange(120) % 2 == 0, chance.random(120)
    one = qini(uplift, arm, outcome, draws=0)
    other = qini(uplift[order], arm[order], outcome[order], draws=0)
    assert other.coefficient == pytest.approx(one.coefficient)


def test_weights_are_rows_that_come_up_more_than_once() -> None:
    arm, outcome = np.array([True, False, True, False]), np.array([1.0, 0, 2, 1])
    times = np.array([2, 1, 0, 3])
    ends = np.array([1, 3])
    weighed = draw_curve(arm, outcome, ends, times.astype(float))
    again = draw_curve(arm.repeat(times), outcome.repeat(times), np.array([2, 5]), np.ones(6))
    assert [list(side) for side in weighed] == [pytest.approx(list(side)) for side in again]
