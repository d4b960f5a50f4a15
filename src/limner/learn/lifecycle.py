"""Where a customer is in life with us: new, growing, mature, fading or lost, and what is to be achieved there.

Whether somebody is late depends on their own rhythm: two months without a purchase is nothing for who buys twice a
year, and a farewell for who bought every week.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.cadence import Cadence

NONE = -1
"""The stage of who is no customer yet: joined long ago and never bought."""


class Stage(IntEnum):
    NEW = 0
    GROWING = 1
    MATURE = 2
    FADING = 3
    LOST = 4


class Told(NamedTuple):
    """A stage, and its goal, in words."""

    zh: str
    en: str
    goal_zh: str
    goal_en: str


STAGES = (
    Told("新客", "New", "促成首单与第二单", "Win the first and the second order"),
    Told("成长", "Growing", "养成购买习惯, 拓宽品类", "Build the habit, widen what is bought"),
    Told("成熟", "Mature", "保持忠诚, 提升客单与推荐", "Keep loyalty, raise order value, win referrals"),
    Told("衰退", "Fading", "找出原因, 及时挽回", "Find out why, win back in time"),
    Told("流失", "Lost", "择优召回, 控制成本", "Win back those worth it, at bounded cost"),
)
"""By `Stage`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When one stage ends and the next begins. A multiple of the customer's own interval, kept within days."""

    new: float = 60
    """Days since joining."""
    growing: float = 220
    """Days since joining."""
    fading: float = 1.6
    """Intervals since the last purchase,"""
    fading_days: tuple[float, float] = (45, 75)
    """but no fewer and no more days than these."""
    lost: float = 4.0
    lost_days: tuple[float, float] = (130, 170)

    def __post_init__(self) -> None:
        if not 0 < self.new <= self.growing:
            raise DataError(f"new ({self.new:g} days) must be over 0 and end no later than growing ({self.growing:g}).")
        if not 0 < self.fading <= self.lost:
            raise DataError(f"fading ({self.fading:g}) must be over 0 and begin no later than lost ({self.lost:g}).")
        for name in ("fading_days", "lost_days"):
            least, most = getattr(self, name)
            if not 0 < least <= most:
                raise DataError(
                    f"{name} are the fewest and the most days, over 0 and in this order: {least:g}, {most:g}."
                )
        if self.fading_days[0] > self.lost_days[0] or self.fading_days[1] > self.lost_days[1]:
            raise DataError("Nobody may be lost before fading: fading_days must not exceed lost_days.")


def find_stages(
    cadence: Cadence,
    joined: npt.ArrayLike,
    purchases: npt.ArrayLike,
    gap: npt.ArrayLike,
    since: npt.ArrayLike,
    limits: Limits | None = None,
) -> npt.NDArray[np.int8]:
    """The `Stage` of each customer, or `NONE`.

    ``joined``: days since they registered, or first bought; ``gap``: mean days between purchases, NaN under two;
    ``since``: days since the last purchase, NaN for none.
    """
    limits = limits or Limits()
    age, count = np.asarray(joined, np.float64), np.asarray(purchases, np.float64)
    last = np.asarray(since, np.float64)
    if not age.shape == count.shape == last.shape == np.shape(gap):
        raise DataError("joined, purchases, gap and since must be equally long.")
    interval = cadence.interval(count, gap)
    fading = np.clip(limits.fading * interval, *limits.fading_days)
    lost = np.clip(limits.lost * interval, *limits.lost_days)
    stages = np.full(len(age), NONE, np.int8)
    bought = ~np.isnan(last)
    # From the weakest reason to the strongest, so that the last that holds is the one that stays.
    for holds, stage in (
        (bought, Stage.MATURE),
        (bought & (age <= limits.growing), Stage.GROWING),
        (last >= fading, Stage.FADING),
        (last >= lost, Stage.LOST),
        (age <= limits.new, Stage.NEW),
    ):
        stages[holds] = stage
    return stages
