"""How far sources are believed: learned from where they agree and where they contradict each other.

The accuracy model of X. L. Dong, L. Berti-Equille, D. Srivastava, "Integrating conflicting data: the role of source
dependence", VLDB 2009, section 4 (ACCU). Of a trait each customer has one right value and ``wrong`` others that are
equally likely to be mistaken for it. A source that is right with probability A votes ln(wrong * A / (1 - A)); a value
is right with probability e**votes over that of all values, those nobody claims included (no votes: e**0). What the
sources have right follows from what is probably right, and the other way round: the two are worked out in turn until
they rest.

Beyond the paper: a vote fades with the age of its claim, a claim counts towards its source's accuracy as much as it
still votes, and what is configured weighs as some claims (`limner.model.reliability`). Copying is not looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from limner.model.reliability import HIGHEST, LOWEST, Prior

DAY = 86_400_000_000
ROUNDS = 100
REST = 1e-7
"""Accuracies that move less are at rest."""
DIGITS = 6
"""Of what is kept: the last bits of sums depend on who adds."""
WRONG = 10
"""Wrong values where nobody counted."""


class Claims(NamedTuple):
    """The last word of each source about each customer, by customer, then source."""

    customers: npt.NDArray[np.int32]
    sources: npt.NDArray[np.int16]
    values: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]

    def take(self, places: npt.NDArray[Any]) -> Claims:
        return Claims(*(array[places] for array in self))


@dataclass(frozen=True, slots=True)
class Learned:
    """What agreement taught of one source."""

    reliability: float
    claims: int
    """Claims of customers of whom another source said something too."""
    agreement: float | None
    """The share of those others who say the same, 0..1."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What agreement taught of the sources of one trait."""

    wrong: int = WRONG
    """How many wrong values there are."""
    sources: dict[str, Learned] = field(default_factory=dict)


def join_claims(parts: Sequence[Claims]) -> Claims:
    """Of disjoint groups of customers."""
    joined = Claims(*(np.concatenate(arrays) for arrays in zip(*parts)))
    return joined.take(np.lexsort((joined.sources, joined.customers)))


def fade(times: npt.NDArray[np.int64], midnight: int, half_life: int) -> npt.NDArray[np.float64]:
    """What of a vote is left at a midnight, halved every ``half_life`` days."""
    ages = np.maximum(midnight - times, 0).astype(np.float64)
    return np.exp2(-ages / float(half_life * DAY))


def votes_of(reliabilities: npt.NDArray[np.float64], wrong: int) -> npt.NDArray[np.float64]:
    """What a claim of today counts for its value."""
    return np.log(wrong * reliabilities / (1.0 - reliabilities))


def learn_trust(
    claims: Claims, names: Sequence[str], priors: Sequence[Prior], midnight: int, half_life: int, learn: bool = True
) -> Trust:
    """``names`` and ``priors`` by source code; ``learn``: False = the priors stay, and agreement is only counted."""
    claims = keep_compared(claims)
    if not len(claims.customers):
        return Trust()
    wrong = max(len(np.unique(claims.values)) - 1, 1)
    faded = fade(claims.times, midnight, half_life)
    customers, values = number_values(claims)
    first, strength = (np.array(numbers) for numbers in zip(*priors))
    accuracy = first
    for _ in range(ROUNDS if learn else 0):
        right = weigh_values(faded * votes_of(accuracy, wrong)[claims.sources], customers, values, wrong)
        hits = np.bincount(claims.sources, faded * right, len(names))
        looks = np.bincount(claims.sources, faded, len(names))
        before = accuracy
        accuracy = np.clip((strength * first + hits) / (strength + looks), LOWEST, HIGHEST)
        if np.abs(accuracy - before).max() < REST:
            break
    return describe(claims, names, accuracy, wrong, customers, values)


def keep_compared(claims: Claims) -> Claims:
    """Those of customers of whom two sources or more said something: the others teach nothing."""
    _, places, counts = np.unique(claims.customers, return_inverse=True, return_counts=True)
    return claims.take(np.flatnonzero(counts[places] > 1))


def number_values(claims: Claims) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Per claim the number of its customer, and that of its value among all (customer, value) there are."""
    _, customers = np.unique(claims.customers, return_inverse=True)
    _, codes = np.unique(claims.values, return_inverse=True)
    _, values = np.unique(customers * (codes.max() + 1) + codes, return_inverse=True)
    return customers, values


def weigh_values(
    votes: npt.NDArray[np.float64], customers: npt.NDArray[np.intp], values: npt.NDArray[np.intp], wrong: int
) -> npt.NDArray[np.float64]:
    """Per claim, how probably its value is right."""
    sums = np.bincount(values, votes)
    owner = np.zeros(len(sums), np.intp)
    owner[values] = customers
    most = np.zeros(owner.max() + 1)
    np.maximum.at(most, owner, sums)
    odds = np.exp(sums - most[owner])
    unclaimed = np.maximum(wrong + 1 - np.bincount(owner), 0) * np.exp(-most)
    right: npt.NDArray[np.float64] = odds / (np.bincount(owner, odds) + unclaimed)[owner]
    return right[values]


def describe(
    claims: Claims,
    names: Sequence[str],
    accuracy: npt.NDArray[np.float64],
    wrong: int,
    customers: npt.NDArray[np.intp],
    values: npt.NDArray[np.intp],
) -> Trust:
    """What was learned of the sources that were compared, by name."""
    others = np.bincount(customers)[customers] - 1
    alike = (np.bincount(values)[values] - 1) / others
    count = np.bincount(claims.sources, minlength=len(names))
    agreed = np.bincount(claims.sources, alike, len(names))
    return Trust(
        wrong,
        {
            name: Learned(round(float(accuracy[code]), DIGITS), int(count[code]), round(agreed[code] / count[code], 4))
            for code, name in enumerate(names)
            if count[code]
        },
    )
