"""The values a portrait chose a trait from: who gave each, when, and what it counts for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from limner.fold.claims import find_said
from limner.fold.encode import half_life_of, name_trait
from limner.fold.measures.traits import KNOWN, UNKNOWN
from limner.fold.plan import Measurement, Plan
from limner.fold.population import Population
from limner.fold.votes import spell_votes
from limner.model.clock import local_midnight
from limner.model.timeline import Slice

MOST = 20
"""Candidates of a trait that a portrait lists: those that count most."""


class Candidate(NamedTuple):
    """A value that a source gave, and has not taken back."""

    value: int
    """As it is stored."""
    source: str
    time: int
    """When it said so last; µs UTC."""
    weight: float
    """What it counts for its value: the vote of the source where sources are trusted, else its events by their age."""


def find_candidates(
    plan: Plan, slice: Slice, as_of: int, known_at: int | None, population: Population | None
) -> dict[str, list[Candidate]]:
    """Of the traits of the slice's one customer, by tag."""
    measured = {m.key: m for run in plan.passes for m in run.measurements}
    midnight = local_midnight(as_of, plan.vocabulary.zone)
    found: dict[str, list[Candidate]] = {}
    for key, said in find_said(plan, slice, as_of, known_at).items():
        rows = said.part.columns
        codes, times = rows["source"][said.rows].astype(np.int64), rows["time"][said.rows].astype(np.int64)
        claims = list(zip(said.values.tolist(), codes.tolist(), times.tolist(), strict=True))
        listed = weigh_claims(claims, measured[key], plan, midnight, population)
        found |= dict.fromkeys(measured[key].tags, listed)
    return found


def weigh_claims(
    claims: list[tuple[int, int, int]],
    measurement: Measurement,
    plan: Plan,
    midnight: int,
    population: Population | None,
) -> list[Candidate]:
    """Of (value, source, time) in the order they were said: one for each value of a source, the weightiest first. A
    trusted source speaks with its last word only."""
    fold, names = measurement.fold, plan.vocabulary.sources
    trusted, half_life = fold.resolve == "trusted", half_life_of(fold)
    if trusted:
        claims = list({source: (value, source, time) for value, source, time in claims}.values())
        votes = spell_votes(measurement.key, name_trait(fold), names, population)
    newest = claims[-1][2] if claims else 0
    weights: dict[tuple[int, int], float] = {}
    last: dict[tuple[int, int], int] = {}
    for value, source, time in claims:
        age = max(midnight - time, 0) if trusted else newest - time
        weight = 2.0 ** (-age / half_life) if half_life else 1.0
        if trusted:
            weight *= float(votes[KNOWN + source if 0 <= source < len(names) else UNKNOWN])
        weights[value, source] = weights.get((value, source), 0.0) + weight
        last[value, source] = time
    listed = [
        Candidate(value, names[source] if 0 <= source < len(names) else "", last[value, source], round(weight, 4))
        for (value, source), weight in weights.items()
    ]
    return sorted(listed, key=lambda one: (-one.weight, -one.time, one.source))[:MOST]
