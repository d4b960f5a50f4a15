"""A trial: who was treated by lot, who was left alone, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from limner.errors import DataError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LEAST_IN_ARM = 30


@dataclass(frozen=True, slots=True)
class Trial:
    features: Floats
    """(customers, features), as they were before the treatment; NaN = not known. Categories are codes."""
    treated: Flags
    outcome: Floats
    """0 or 1, or an amount."""

    def __len__(self) -> int:
        return len(self.treated)

    @classmethod
    def of(cls, features: npt.ArrayLike, treated: npt.ArrayLike, outcome: npt.ArrayLike) -> Self:
        """DataError says what is missing for an effect to be found."""
        table = np.asarray(features, np.float64)
        if table.ndim != 2:
            raise DataError(f"Features are a table, a row per customer; this has {table.ndim} dimensions.")
        arm, result = read_arm(treated), read_outcome(outcome)
        if not len(table) == len(arm) == len(result):
            raise DataError(
                f"Features, treatment and outcome must be equally long; they have {len(table)}, {len(arm)} and "
                f"{len(result)} rows."
            )
        check_arms(arm, result)
        return cls(table, arm, result)

    def take(self, rows: npt.NDArray[Any]) -> Trial:
        return Trial(self.features[rows], self.treated[rows], self.outcome[rows])

    @property
    def share_treated(self) -> float:
        return float(self.treated.mean())

    @property
    def effect(self) -> float:
        """The difference of the means: of those treated and of those left alone."""
        return float(self.outcome[self.treated].mean() - self.outcome[~self.treated].mean())


def read_arm(treated: npt.ArrayLike) -> Flags:
    given = np.asarray(treated)
    if given.dtype != np.bool_ and not (np.issubdtype(given.dtype, np.number) and np.isin(given, (0, 1)).all()):
        raise DataError("The treatment is yes or no: true and false, or 1 and 0.")
    return given.astype(np.bool_)


def read_outcome(outcome: npt.ArrayLike) -> Floats:
    try:
        given = np.asarray(outcome, np.float64)
    except (TypeError, ValueError):
        raise DataError("Outcomes must be numbers.") from None
    if not np.isfinite(given).all():
        raise DataError(f"{int((~np.isfinite(given)).sum())} outcomes are no finite number.")
    return given


def check_arms(treated: Flags, outcome: Floats) -> None:
    """Are there two arms, large enough, and outcomes that differ?"""
    counts = {"treated": int(treated.sum()), "left alone": int((~treated).sum())}
    for arm, count in counts.items():
        if not count:
            other = "everybody was treated" if counts["treated"] else "nobody was treated"
            raise DataError(
                f"Nobody was {arm}: {other}, and there is nothing to compare with.",
                hint="An effect is found only where a part of the customers, drawn by lot, was left alone.",
            )
    for arm, count in counts.items():
        if count < LEAST_IN_ARM:
            raise DataError(f"Only {count} customers were {arm}; at least {LEAST_IN_ARM} are needed.")
    if outcome.min() == outcome.max():
        raise DataError(f"The outcome is {outcome[0]:g} for everybody: there is no effect to be found.")
