"""Stages follow a customer's own rhythm."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import DataError
from limner.learn.cadence import USUAL, Cadence, find_cadence
from limner.learn.lifecycle import NONE, STAGES, Limits, Stage, find_stages

MONTHLY = Cadence(30.0)


def stage(joined: float, purchases: float, gap: float, since: float, limits: Limits | None = None) -> int:
    return int(find_stages(MONTHLY, [joined], [purchases], [gap], [since], limits)[0])


def test_the_five_stages() -> None:
    assert stage(10, 1, np.nan, 5) == Stage.NEW
    assert stage(150, 4, 40, 10) == Stage.GROWING
    assert stage(800, 20, 40, 10) == Stage.MATURE
    assert stage(800, 20, 30, 70) == Stage.FADING
    assert stage(800, 20, 30, 200) == Stage.LOST
    assert [told.zh for told in STAGES] == ["新客", "成长", "成熟", "衰退", "流失"]
    assert all(told.goal_zh and told.goal_en for told in STAGES)


def test_who_registered_and_never_bought() -> None:
    assert stage(10, 0, np.nan, np.nan) == Stage.NEW
    assert stage(400, 0, np.nan, np.nan) == NONE


def test_late_is_what_is_late_for_them() -> None:
    limits = Limits(fading_days=(5, 400), lost_days=(10, 900))
    weekly, half_yearly = (stage(900, 20, gap, 40, limits) for gap in (7, 180))
    assert weekly == Stage.LOST
    assert half_yearly == Stage.MATURE


def test_an_interval_is_drawn_towards_the_populations() -> None:
    once, twice, often = MONTHLY.interval([1, 2, 41], [np.nan, 10, 10])
    assert once == 30
    assert 10 < often < 11 < twice < 30


def test_the_populations_interval_is_the_median_of_who_bought_often_enough() -> None:
    assert find_cadence([1, 2, 3, 4, 5], [np.nan, 1, 20, 30, 50]).typical == 30
    assert find_cadence([], []).typical == USUAL


def test_limits_that_contradict_each_other() -> None:
    for wrong in ({"new": 300}, {"fading": 9.0}, {"fading_days": (80, 20)}, {"lost_days": (20, 30)}):
        with pytest.raises(DataError):
            Limits(**wrong)  # type: ignore[arg-type]
